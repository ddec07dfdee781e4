package dev.warren.docker.internal.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.warren.SandboxException;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Networks of an engine that refuses what it is told to. */
class SandboxNetworksTest {
  private static final NetworkPlan PLAN = new NetworkPlan("w", Subnet.parse("10.1.0.0/16"), true);

  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** Makes the isolated network at an engine that refuses documents with this word. */
  private void make(String refused, String message) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean create = path.endsWith("/networks/create");
          if (create) {
            asked.add(body);
          }
          int status = create ? body.contains(refused) ? 400 : 201 : 200;
          String answer = status == 400 ? "{\"message\":\"" + message + "\"}" : "{}";
          if (path.contains("/networks/w")) {
            status = 404;
          }
          exchange.getResponseHeaders().add("Api-Version", "1.51");
          exchange.sendResponseHeaders(status, answer.length());
          exchange.getResponseBody().write(answer.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    server.start();
    String address = "tcp://127.0.0.1:" + server.getAddress().getPort();
    try (DockerEngine engine = DockerEngine.open(Endpoint.of(address, Optional.empty(), true))) {
      new SandboxNetworks(engine, PLAN).ensure("w-isolated");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void ensure_engineThatGivesInternalNetworksNoRoute_isAskedWithoutTheRouteIntoNothing()
      throws Exception {
    make("DefaultGatewayIPv4", "no gateway can be set on an internal bridge network");
    assertThat(asked).hasSize(2).allMatch(document -> document.contains("\"Internal\":true"));
    assertThat(asked.get(0)).contains("DefaultGatewayIPv4");
    assertThat(asked.get(1)).doesNotContain("DefaultGatewayIPv4");
  }

  @Test
  void ensure_otherRefusal_isTold_andTheRouteIntoNothingIsNotGivenUp() {
    assertThatThrownBy(() -> make("Internal", "something else"))
        .isInstanceOf(SandboxException.class)
        .hasMessageContaining("something else");
    assertThat(asked).hasSize(1);
  }
}
