package io.millrace.api.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.StreamCut;
import io.millrace.protocol.FailureKind;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class StreamLinesTest {
  private static final Duration DELAY = Duration.ofMillis(500);
  private static final Duration INTERVAL = Duration.ofSeconds(15);
  private static final String A = "data: \"a\"\n\n";

  private final Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
  private String comment = StreamLines.PING;
  private VirtualTimeScheduler time;
  private StreamLines lines;

  @BeforeEach
  void stopTime() {
    time = VirtualTimeScheduler.getOrSet();
    lines = lines(INTERVAL);
  }

  @AfterEach
  void letTimeGoOn() {
    VirtualTimeScheduler.reset();
  }

  private StreamLines lines(Duration interval) {
    return new StreamLines(new StreamSettings(DELAY, interval), error -> error, () -> comment);
  }

  @Test
  void streamThatWaits_hasAHeadAndACommentEveryInterval() {
    StepVerifier.create(lines.of(events.asFlux()))
        .then(lines::admitted)
        .then(() -> time.advanceTimeBy(DELAY))
        .expectNext(StreamLines.PING)
        .then(() -> time.advanceTimeBy(INTERVAL.minusMillis(1)))
        .then(() -> time.advanceTimeBy(Duration.ofMillis(1)))
        .expectNext(StreamLines.PING)
        .then(() -> time.advanceTimeBy(INTERVAL.multipliedBy(2)))
        .expectNext(StreamLines.PING, StreamLines.PING)
        .then(() -> events.tryEmitNext(A))
        .expectNext(A)
        .then(events::tryEmitComplete)
        .verifyComplete();
  }

  @Test
  void streamWhoseModelHasNoWorker_saysSoUntilOneComes() {
    StepVerifier.create(lines.of(events.asFlux()))
        .then(lines::admitted)
        .then(() -> comment = StreamLines.NO_WORKER)
        .then(() -> time.advanceTimeBy(DELAY))
        .expectNext(": waiting for a worker\n")
        .then(() -> comment = StreamLines.PING)
        .then(() -> time.advanceTimeBy(INTERVAL))
        .expectNext(": ping\n")
        .then(events::tryEmitComplete)
        .verifyComplete();
  }

  @Test
  void requestThatIsNotQueued_hasNoHead() {
    StepVerifier.create(lines.of(events.asFlux()))
        .expectSubscription()
        .then(() -> time.advanceTimeBy(INTERVAL.multipliedBy(10)))
        .then(() -> events.tryEmitError(refusal()))
        .verifyErrorMessage("too long");
  }

  @Test
  void refusal_beforeTheHead_isNoEvent() {
    StepVerifier.create(lines.of(events.asFlux()))
        .then(lines::admitted)
        .then(() -> time.advanceTimeBy(DELAY.minusMillis(1)))
        .then(() -> events.tryEmitError(refusal()))
        .verifyErrorMessage("too long");
  }

  @Test
  void refusal_afterTheHead_isTheLastEvent() {
    StepVerifier.create(lines.of(events.asFlux()))
        .then(lines::admitted)
        .then(() -> time.advanceTimeBy(DELAY))
        .expectNext(StreamLines.PING)
        .then(() -> events.tryEmitError(refusal()))
        .assertNext(
            line -> assertThat(line).startsWith("data: {\"error\":{\"message\":\"too long\""))
        .verifyComplete();
  }

  @Test
  void streamThatIsCut_hasNoLastEvent() {
    StepVerifier.create(lines.of(events.asFlux()))
        .then(() -> events.tryEmitNext(A))
        .expectNext(A)
        .then(() -> events.tryEmitError(cut()))
        .verifyErrorMatches(StreamCut.class::isInstance);
  }

  @Test
  void streamThatIsCut_beforeTheHead_isRefused() {
    StepVerifier.create(lines.of(events.asFlux()))
        .then(() -> events.tryEmitError(cut()))
        .verifyErrorMatches(
            e -> e instanceof RequestFailed failure && failure.kind() == FailureKind.UNAVAILABLE);
  }

  @Test
  void quickAnswer_hasNoComments() {
    StepVerifier.create(lines.of(events.asFlux()))
        .then(lines::admitted)
        .then(() -> events.tryEmitNext(A))
        .expectNext(A)
        .then(events::tryEmitComplete)
        .verifyComplete();
  }

  @Test
  void intervalOfZero_isTheHeadAlone() {
    lines = lines(Duration.ZERO);
    StepVerifier.create(lines.of(events.asFlux()))
        .then(lines::admitted)
        .then(() -> time.advanceTimeBy(Duration.ofHours(1)))
        .expectNext(StreamLines.PING)
        .then(events::tryEmitComplete)
        .verifyComplete();
  }

  private static StreamCut cut() {
    return new StreamCut();
  }

  private static RequestFailed refusal() {
    return new RequestFailed(FailureKind.INVALID, "too long");
  }

  @Test
  void namedEvent_hasALineForItsName() {
    assertThat(StreamLines.event("7", new NamedEvent("ping", Map.of("type", "ping"))))
        .isEqualTo("id: 7\nevent: ping\ndata: {\"type\":\"ping\"}\n\n");
  }

  @Test
  void failureWithinAStream_hasTheShapeOfItsEndpoint() {
    lines =
        new StreamLines(
            new StreamSettings(DELAY, INTERVAL),
            error -> new NamedEvent("error", error.error().message()),
            () -> comment);
    StepVerifier.create(lines.of(events.asFlux()))
        .then(() -> events.tryEmitNext(A))
        .expectNext(A)
        .then(() -> events.tryEmitError(new RequestFailed(FailureKind.INTERNAL, "lost")))
        .expectNext("event: error\ndata: \"lost\"\n\n")
        .verifyComplete();
  }
}
