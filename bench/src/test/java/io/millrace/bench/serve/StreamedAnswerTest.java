package io.millrace.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StreamedAnswerTest {
  private static final double EXACT = 1e-9;

  private double now = 100;
  private final StreamedAnswer answer = new StreamedAnswer(() -> now, 100, 7);

  @Test
  void times_areThoseOfThePieces() {
    at(100.5, "{\"choices\":[{\"text\":\"a\"}]}");
    at(100.7, "{\"choices\":[{\"text\":\"\"}]}");
    at(101.0, "{\"choices\":[{\"text\":\"b\",\"finish_reason\":\"length\"}]}");
    at(101.4, "{\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3}}");
    Outcome outcome = end(101.5, "[DONE]");

    assertThat(outcome.error()).isNull();
    assertThat(outcome.text()).isEqualTo("ab");
    assertThat(outcome.start()).isEqualTo(100);
    assertThat(outcome.ttft()).isCloseTo(0.5, within(EXACT));
    assertThat(outcome.latency()).isCloseTo(1.0, within(EXACT));
    assertThat(outcome.gaps()).hasSize(2);
    assertThat(outcome.gaps().get(0)).isCloseTo(0.2, within(EXACT));
    assertThat(outcome.gaps().get(1)).isCloseTo(0.3, within(EXACT));
    assertThat(outcome.promptTokens()).isEqualTo(5);
    assertThat(outcome.outputTokens()).isEqualTo(3);
  }

  @Test
  void chat_beginsWithItsTextAndEndsWithItsReason() {
    at(100.1, "{\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}");
    at(100.5, "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":null}]}");
    at(100.9, "{\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":null}");
    Outcome outcome = end(101, "[DONE]");

    assertThat(outcome.error()).isNull();
    assertThat(outcome.ttft()).isCloseTo(0.5, within(EXACT));
    assertThat(outcome.gaps()).isEmpty();
    assertThat(outcome.latency()).isCloseTo(0.9, within(EXACT));
    assertThat(outcome.promptTokens()).isEqualTo(7);
    assertThat(outcome.outputTokens()).isZero();
  }

  @Test
  void anAnswerWithoutText_beginsWithItsEnd() {
    at(100.5, "{\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}");
    Outcome outcome = end(100.6, "[DONE]");

    assertThat(outcome.error()).isNull();
    assertThat(outcome.ttft()).isCloseTo(0.5, within(EXACT));
  }

  @Test
  void anErrorInTheStream_isAFailure() {
    at(100.5, "{\"choices\":[{\"text\":\"a\"}]}");
    at(100.6, "{\"error\":{\"message\":\"the model failed\"}}");

    assertThat(end(100.7, "[DONE]").error()).isEqualTo("the model failed");
  }

  @Test
  void anAnswerWithoutItsEnd_isAFailure() {
    at(100.5, "{\"choices\":[{\"text\":\"a\"}]}");

    assertThat(end(100.6, ": nothing").error()).isEqualTo("the answer ended without its end");
  }

  @Test
  void noToken_isAFailure() {
    assertThat(end(100.6, "[DONE]").error()).isEqualTo("the answer has no token");
  }

  @Test
  void noJson_isAFailure() {
    assertThat(end(100.6, "oops").error()).isEqualTo("a chunk of the answer is no JSON: oops");
  }

  @Test
  void aBrokenConnection_isAFailure() {
    at(100.5, "{\"choices\":[{\"text\":\"a\"}]}");
    answer.onError(new IOException("reset"));

    Outcome outcome = answer.getBody().toCompletableFuture().join();
    assertThat(outcome.succeeded()).isFalse();
    assertThat(outcome.error()).contains("broke off", "reset");
  }

  private void at(double time, String data) {
    now = time;
    String line = data.startsWith(":") ? data : "data: " + data;
    answer.onNext(List.of(ByteBuffer.wrap((line + "\n\n").getBytes(StandardCharsets.UTF_8))));
  }

  private Outcome end(double time, String data) {
    at(time, data);
    answer.onComplete();
    return answer.getBody().toCompletableFuture().join();
  }
}
