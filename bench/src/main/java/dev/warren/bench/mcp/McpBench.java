package dev.warren.bench.mcp;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ImageRef;
import dev.warren.Network;
import dev.warren.Sandbox;
import dev.warren.SandboxSpec;
import dev.warren.StateDirectory;
import dev.warren.WriteOptions;
import dev.warren.containerd.CniOptions;
import dev.warren.containerd.ContainerdRuntime;
import dev.warren.mcp.channel.host.HostStdio;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import dev.warren.mcp.sdk.SdkClientTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures all clients in turn, in one JVM, so that noise hits all alike; who is first changes
 * every round.
 *
 * <pre>McpBench --echo PROGRAM --rounds N --calls N [--socket CONTAINERD --image IMAGE --work DIR]
 * </pre>
 */
public final class McpBench {
  private static final String PIPE = "direct pipe";
  private static final String SDK = "SDK, its stdio transport";

  private McpBench() {}

  /** Makes a client. */
  private interface Maker {
    EchoClient make() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    String echo = options.get("--echo");
    Map<String, Maker> makers = new LinkedHashMap<>();
    makers.put(PIPE, () -> new PipeClient(List.of(echo)));
    makers.put("McpSession, host process", () -> new SessionClient(HostStdio.of(echo)));
    makers.put(
        SDK,
        () ->
            new SdkClient(
                new StdioClientTransport(
                    ServerParameters.builder(echo).build(), McpJsonDefaults.getMapper())));
    makers.put(
        "SDK, our transport", () -> new SdkClient(new SdkClientTransport(HostStdio.of(echo))));
    int rounds = Integer.parseInt(options.get("--rounds"));
    int calls = Integer.parseInt(options.get("--calls"));
    if (options.containsKey("--socket")) {
      inSandbox(
          options,
          sandbox -> {
            makers.put(
                "McpSession, sandbox",
                () -> new SessionClient(SandboxStdio.of(sandbox, "/data/echo")));
            measure(makers, rounds, calls);
          });
    } else {
      measure(makers, rounds, calls);
    }
  }

  /** What is done with a sandbox. */
  private interface Work {
    void with(Sandbox sandbox) throws Exception;
  }

  private static void inSandbox(Map<String, String> options, Work work) throws Exception {
    Path state = Path.of(options.get("--work"), "mcp-state");
    var runtime =
        ContainerdRuntime.builder()
            .socket(Path.of(options.get("--socket")))
            .namespace("bench-mcp")
            .stateDirectory(StateDirectory.at(state))
            .cni(CniOptions.defaults().withBinDirectories(Path.of(options.get("--cni"))))
            .build();
    BotId bot = BotId.of("bench-mcp");
    try (var manager = BotContainerManager.builder(runtime).image(options.get("--image")).build()) {
      Sandbox sandbox =
          manager.start(
              bot,
              SandboxSpec.builder()
                  .image(ImageRef.parse(options.get("--image")))
                  .network(Network.none())
                  .build());
      try {
        sandbox
            .files()
            .upload(Path.of(options.get("--echo")), "echo", WriteOptions.defaults().withMode(0755));
        work.with(sandbox);
      } finally {
        manager.delete(bot);
      }
    }
  }

  private static void measure(Map<String, Maker> makers, int rounds, int calls) throws Exception {
    Map<String, EchoClient> clients = new LinkedHashMap<>();
    try {
      for (var maker : makers.entrySet()) {
        clients.put(maker.getKey(), maker.getValue().make());
      }
      for (Load load : Load.values()) {
        McpFigures figures = new McpFigures();
        List<String> order = new ArrayList<>(clients.keySet());
        // Two rounds warm up the compiler.
        for (int round = -2; round < rounds; round++) {
          for (String name : order) {
            int count = load == Load.SEQUENTIAL ? calls : 4 * calls;
            Load.Outcome outcome = load.run(clients.get(name), count);
            if (round >= 0) {
              figures.add(name, outcome, count);
            }
          }
          Collections.rotate(order, 1);
        }
        figures.print(load.toString(), List.copyOf(clients.keySet()), PIPE, SDK);
      }
    } finally {
      for (EchoClient client : clients.values()) {
        client.close();
      }
    }
  }
}
