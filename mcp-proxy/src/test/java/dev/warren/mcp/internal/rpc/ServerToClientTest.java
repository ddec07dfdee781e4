package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.testkit.Eventually;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Row 44 of the matrix and what else a server may ask or tell. */
class ServerToClientTest {
  private RpcFixture rpc = RpcFixture.start(options -> options.incoming(4, 2));

  @AfterEach
  void close() {
    rpc.close();
  }

  @Test
  void handlerThatThrows_isAnsweredWithAnInternalError_withoutItsText() {
    rpc.onRequest.set(
        request -> {
          throw new IllegalStateException("the password is hunter2");
        });
    rpc.process.send("{\"id\":0,\"method\":\"roots/list\"}");
    String answer = rpc.process.expect();
    assertThat(Json.parse(answer).at("/error/code")).contains(Json.of(-32603));
    assertThat(answer).doesNotContain("hunter2").doesNotContain("Illegal");
    assertThat(rpc.peer.counters().handlerFailures()).isEqualTo(1);
    rpc.works();
  }

  @Test
  void handlerThatThrowsAnErrorOfTheProtocol_answersWithIt() {
    rpc.onRequest.set(
        request -> {
          throw new McpErrorException(
              "x", new RpcError(-32601, "no such method", Optional.of(Json.parse("{\"a\":1.0}"))));
        });
    rpc.process.send("{\"id\":0,\"method\":\"x\"}");
    assertThat(rpc.process.expect())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-32601,"
                + "\"message\":\"no such method\",\"data\":{\"a\":1.0}}}");
  }

  @Test
  void handlersThatNeverReturn_areBounded_andTheRestIsRefused() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    rpc.onRequest.set(request -> never.await());
    for (int i = 0; i < 6; i++) {
      rpc.process.send("{\"id\":" + i + ",\"method\":\"m\"}");
    }
    assertThat(Json.parse(rpc.process.expect()).at("/id")).contains(Json.of(4));
    assertThat(Json.parse(rpc.process.expect()).at("/id")).contains(Json.of(5));
    rpc.works();
    assertThat(rpc.requests).hasSizeLessThanOrEqualTo(2);
    never.countDown();
  }

  @Test
  void answerThatComesLater_freesItsPlace() {
    for (int round = 0; round < 10; round++) {
      rpc.process.send("{\"id\":" + round + ",\"method\":\"m\"}");
      int count = round + 1;
      Eventually.soon().until("it came", () -> rpc.requests.size() == count);
      assertThat(rpc.requests.get(round).result(Json.of(round))).isTrue();
      assertThat(Json.parse(rpc.process.expect()).at("/result")).contains(Json.of(round));
    }
    assertThat(rpc.peer.counters().refusedRequests()).isZero();
  }

  @Test
  void droppedRequest_isNeverAnswered_andFreesItsPlace() {
    rpc.onRequest.set(IncomingRequest::drop);
    for (int i = 0; i < 10; i++) {
      rpc.process.send("{\"id\":" + i + ",\"method\":\"m\"}");
      int count = i + 1;
      Eventually.soon().until("it came", () -> rpc.requests.size() == count);
    }
    rpc.works();
    assertThat(rpc.peer.counters().refusedRequests()).isZero();
  }

  @Test
  void answerAboveTheOutboundLimit_becomesAnError() {
    rpc.close();
    rpc = RpcFixture.start(options -> options.maxOutboundBytes(2000));
    rpc.onRequest.set(request -> request.result(Json.of("x".repeat(2000))));
    rpc.process.send("{\"id\":0,\"method\":\"m\"}");
    assertThat(Json.parse(rpc.process.expect()).string("/error/message"))
        .contains("the answer is too long");
  }

  @Test
  void handlerOfNotificationsThatFails_evenWithAnError_doesNotStopTheNext() {
    rpc.onNotification.set(
        notification -> {
          Thread.currentThread().interrupt();
          if (notification.method().equals("error")) {
            throw new StackOverflowError();
          }
          throw new IllegalStateException("no");
        });
    rpc.process.send("{\"method\":\"exception\"}").send("{\"method\":\"error\"}");
    rpc.process.send("{\"method\":\"last\"}");
    Eventually.soon().until("all came", () -> rpc.notifications.size() == 3);
    rpc.works();
  }

  @Test
  void notifications_comeInOrder_withTheirContent() {
    for (int i = 0; i < 500; i++) {
      rpc.process.send("{\"method\":\"notifications/message\",\"params\":{\"n\":" + i + "}}");
    }
    Eventually.soon().until("all came", () -> rpc.notifications.size() == 500);
    List<String> seen =
        rpc.notifications.stream().map(n -> n.token("params", "n").orElseThrow()).toList();
    assertThat(seen)
        .isEqualTo(java.util.stream.IntStream.range(0, 500).mapToObj(Integer::toString).toList());
  }

  @Test
  void messageThatIsNoJsonRpc_isCounted() {
    rpc.process.send("{}").send("{\"jsonrpc\":\"2.0\"}").send("{\"id\":null,\"method\":\"m\"}");
    rpc.process.send("{\"id\":1,\"method\":\"m\",\"result\":1}").send("{\"method\":5}");
    rpc.works();
    assertThat(rpc.peer.counters().invalid()).isEqualTo(5);
    assertThat(rpc.requests).isEmpty();
  }
}
