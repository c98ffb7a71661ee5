package io.millrace.api.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.api.metrics.ServingMetrics;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class AnswerDeadlineTest {
  private static final AnswerTimeouts TIMEOUTS =
      new AnswerTimeouts(
          Duration.ofSeconds(600),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofHours(24));

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final RequestMetrics metrics =
      new ServingMetrics(new SimpleMeterRegistry(), "m").request("a", "a");
  private final List<Throwable> failures = new ArrayList<>();

  @Test
  void wholeAnswer_hasOneDeadline() {
    open(false);
    time.advanceTimeBy(Duration.ofSeconds(599));
    assertThat(failures).isEmpty();
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertFailed("no complete answer within 600 s");
  }

  @Test
  void firstToken_hasADeadline_whichAnAcceptedRequestDoesNotMove() {
    Exchange stream = open(true);
    time.advanceTimeBy(Duration.ofSeconds(59));
    stream.deliver(new Reply.Accepted("a", 1, "w", "q-0@1", 1));
    assertThat(failures).isEmpty();
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertFailed("no first token within 60 s");
  }

  @Test
  void nextToken_hasADeadlineFromTheLast() {
    Exchange stream = open(true);
    stream.deliver(new Reply.Delta("a", 1, 1, 1, "x"));
    time.advanceTimeBy(Duration.ofSeconds(9));
    stream.deliver(new Reply.Delta("a", 1, 2, 2, "y"));
    time.advanceTimeBy(Duration.ofSeconds(9));
    assertThat(failures).isEmpty();
    time.advanceTimeBy(Duration.ofSeconds(1));
    assertFailed("no further token within 10 s");
  }

  @Test
  void healthyStream_outlivesTheDeadlineOfWholeAnswers() {
    Exchange stream = open(true);
    for (int seq = 1; seq <= 1000; seq++) {
      stream.deliver(new Reply.Delta("a", 1, seq, seq, "x"));
      time.advanceTimeBy(Duration.ofSeconds(9));
    }
    assertThat(failures).isEmpty();
    stream.deliver(
        new Reply.Finished(
            "a",
            1,
            new Reply.Choice(0, 1000, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of()),
            new Usage(1, 1000)));
    assertThat(failures).isEmpty();
  }

  @Test
  void anotherWorkersReplies_areASign() {
    Exchange stream = open(true);
    stream.deliver(new Reply.Delta("a", 1, 1, 1, "x"));
    time.advanceTimeBy(Duration.ofSeconds(9));
    stream.deliver(new Reply.Accepted("a", 2, "w", "q-0@1", 1));
    time.advanceTimeBy(Duration.ofSeconds(9));
    stream.deliver(new Reply.Delta("a", 2, 1, 1, "x"));
    time.advanceTimeBy(Duration.ofSeconds(9));
    assertThat(failures).isEmpty();
  }

  @Test
  void endlessStream_endsAtItsOwnDeadline() {
    Exchange stream = open(true);
    for (int seq = 1; failures.isEmpty() && seq < 100_000; seq++) {
      stream.deliver(new Reply.Delta("a", 1, seq, seq, "x"));
      time.advanceTimeBy(Duration.ofSeconds(9));
    }
    assertFailed("no complete answer within 86400 s");
  }

  private Exchange open(boolean streamed) {
    Exchange exchange = new Exchange("a", streamed, metrics);
    AnswerDeadline deadline = AnswerDeadline.of(exchange, streamed, TIMEOUTS, time, () -> "");
    exchange.replies().doFinally(end -> deadline.dispose()).subscribe(reply -> {}, failures::add);
    return exchange;
  }

  private void assertFailed(String message) {
    assertThat(failures)
        .singleElement()
        .isInstanceOfSatisfying(
            RequestFailed.class,
            failure -> {
              assertThat(failure.kind()).isEqualTo(FailureKind.DEADLINE);
              assertThat(failure).hasMessage(message);
            });
  }
}
