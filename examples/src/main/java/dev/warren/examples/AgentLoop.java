package dev.warren.examples;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.examples.AgentRules.Step;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpTool;
import dev.warren.mcp.McpToolResult;
import dev.warren.mcp.SandboxTools;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The loop of an agent, with fixed rules where others have a language model: look at what is known,
 * choose a tool, call it, look again. The tools come from two MCP servers: those of one bot's
 * sandbox, and a program that runs in the sandbox of another.
 *
 * <pre>
 *   AgentLoop --runtime process
 *   AgentLoop --runtime containerd --socket /run/containerd/containerd.sock --image IMAGE
 * </pre>
 */
public final class AgentLoop {
  /** Held, because java.util.logging forgets the level of a logger that nobody holds. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private static final int MOST_STEPS = 20;
  private static final String SERVER = "weather-server.sh";

  private final BotContainerManager manager;
  private final PrintStream out;

  AgentLoop(BotContainerManager manager, PrintStream out) {
    this.manager = manager;
    this.out = out;
  }

  public static void main(String[] args) {
    GRPC_LOG.setLevel(Level.WARNING);
    try (BotContainerManager manager = QuickstartOptions.parse(args).manager(new ProgressBar())) {
      new AgentLoop(manager, System.out).run(List.of("Oslo", "Atlantis", "Cairo"));
    } catch (SandboxException | IllegalArgumentException e) {
      System.err.println("agent loop: " + e.getMessage());
      System.exit(1);
    }
  }

  void run(List<String> cities) {
    BotId office = BotId.of("agent-office-" + ProcessHandle.current().pid());
    BotId weather = BotId.of("agent-weather-" + ProcessHandle.current().pid());
    try {
      Sandbox desk = manager.start(office);
      Sandbox station = manager.start(weather);
      station.files().writeString(SERVER, program());
      try (McpSession tools = McpSession.builder(SandboxTools.of(desk)).open();
          McpSession forecasts =
              McpSession.builder(SandboxStdio.of(station, "sh", SERVER)).open()) {
        Map<String, McpSession> servers = new LinkedHashMap<>();
        servers.put("office", tools);
        servers.put("weather", forecasts);
        servers.forEach(this::introduce);
        loop(servers, new AgentRules(cities));
      }
    } finally {
      manager.delete(weather);
      manager.delete(office);
    }
  }

  private void introduce(String name, McpSession session) {
    out.printf("%s: %s%n", name, session.connect());
    for (McpTool tool : session.listTools()) {
      out.printf("  %s.%s%n", name, tool.name());
    }
  }

  private void loop(Map<String, McpSession> servers, AgentRules rules) {
    for (int number = 1; number <= MOST_STEPS; number++) {
      Optional<Step> chosen = rules.next();
      if (chosen.isEmpty()) {
        out.printf("Done after %d steps.%n", number - 1);
        return;
      }
      Step step = chosen.get();
      out.printf(
          "%d. %s: %s.%s %s%n",
          number, step.reason(), step.server(), step.tool(), Json.of(step.arguments()));
      McpToolResult result = servers.get(step.server()).callTool(step.tool(), step.arguments());
      out.print(result.toString().indent(5));
      rules.learn(step, result);
    }
    out.printf("Gave up after %d steps.%n", MOST_STEPS);
  }

  private static String program() {
    try (InputStream in = AgentLoop.class.getResourceAsStream(SERVER)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
