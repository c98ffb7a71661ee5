package io.millrace.api.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.api.metrics.ServingMetrics;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExchangesTest {
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final LocalReplies localReplies = new LocalReplies();
  private final ServingMetrics metrics = new ServingMetrics(registry, "m");
  private final Exchanges exchanges = new Exchanges(2, metrics, localReplies);

  @Test
  void open_beyondTheQueue_isRefused() {
    open("a", true);
    open("b", true);

    assertThatThrownBy(() -> open("c", true))
        .isInstanceOfSatisfying(
            RequestFailed.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.OVERLOADED))
        .hasMessageContaining("2 requests wait already");
  }

  @Test
  void open_whenAWorkerTookOne_isAllowed() {
    open("a", true);
    open("b", true);
    exchanges.deliver(new Reply.Accepted("a", 1, "worker", "q-0@1", 5));

    assertThat(open("c", true).id()).isEqualTo("c");
    assertThat(exchanges.numRunning()).isEqualTo(1);
    assertThat(exchanges.numWaiting()).isEqualTo(2);
  }

  @Test
  void replies_reachTheirExchangeOnly() {
    Exchange a = open("a", true);
    Exchange b = open("b", true);
    exchanges.deliver(new Reply.Delta("b", 1, 1, 1, "text"));
    exchanges.deliver(new Reply.Delta("stranger", 1, 1, 1, "text"));
    exchanges.deliver(finished("a"));

    assertThat(a.answered()).isTrue();
    assertThat(a.replies().collectList().block()).containsExactly(finished("a"));
    assertThat(b.answered()).isFalse();
    assertThat(b.replies().blockFirst()).isEqualTo(new Reply.Delta("b", 1, 1, 1, "text"));
  }

  @Test
  void close_freesTheId() {
    Exchange a = open("a", true);
    exchanges.close(a);
    exchanges.deliver(finished("a"));

    assertThat(a.answered()).isFalse();
    assertThat(exchanges.numRunning() + exchanges.numWaiting()).isZero();
  }

  @Test
  void repliesOfTheLocalReplies_areNotTakenFromKafkaAgain() {
    Exchange a = open("a", true);
    var reader = localReplies.reader("a").orElseThrow();
    reader.accept(new Reply.Accepted("a", 1, "worker", "q-0@1", 5));
    reader.accept(new Reply.Delta("a", 1, 1, 1, "x"));
    exchanges.deliver(new Reply.Accepted("a", 1, "worker", "q-0@1", 5));
    exchanges.deliver(new Reply.Delta("a", 1, 1, 1, "x"));

    assertThat(a.replies().blockFirst()).isEqualTo(new Reply.Delta("a", 1, 1, 1, "x"));
    assertThat(registry.get("millrace.duplicate.replies").counter().count()).isZero();
    exchanges.close(a);
    assertThat(localReplies.reader("a")).isEmpty();
  }

  @Test
  void answerOfTheLocalReplies_isContinuedByAWorkerElsewhere() {
    Exchange a = open("a", true);
    localReplies.reader("a").orElseThrow().accept(new Reply.Delta("a", 1, 1, 1, "x"));
    exchanges.deliver(new Reply.Delta("a", 2, 1, 1, "x"));
    exchanges.deliver(new Reply.Delta("a", 2, 2, 2, "y"));
    exchanges.deliver(new Reply.Failed("a", 2, 2, FailureKind.DEADLINE, "too late", null));

    assertThat(a.answered()).isTrue();
    assertThat(registry.get("millrace.duplicate.replies").counter().count()).isEqualTo(1);
  }

  @Test
  void streamThatIsResumed_isTheNewClientsAlone() {
    Exchange before = open("a", true);
    exchanges.deliver(new Reply.Delta("a", 1, 1, 1, "x"));
    RequestMetrics asker = metrics.request("b", "b");
    Exchange resumed = exchanges.resume("a", asker, AnswerPosition.NOTHING);
    assertThat(before.passedOn()).isTrue();
    assertThatThrownBy(() -> before.replies().blockLast()).isInstanceOf(StreamCut.class);
    exchanges.close(before);
    assertThat(exchanges.isOpen("a")).isTrue();
    assertThat(localReplies.reader("a")).isEmpty();

    // It hears all of them again from its own reader, and nothing from others.
    exchanges.deliver(new Reply.Delta("a", 1, 2, 2, "y"));
    resumed.follow(new Reply.Delta("a", 1, 1, 1, "x"));
    resumed.follow(finished("a", 1));
    assertThat(resumed.replies().collectList().block())
        .containsExactly(new Reply.Delta("a", 1, 1, 1, "x"), finished("a", 1));
    exchanges.close(resumed);
    assertThat(exchanges.isOpen("a")).isFalse();
  }

  @Test
  void stop_cutsWhatOthersCanGoOnWith_andFailsTheRest() {
    Exchange stays = open("a", true);
    stays.letResume();
    Exchange ends = open("b", false);
    exchanges.deliver(new Reply.Accepted("a", 1, "worker", "q-0@1", 5));
    Exchange waits = open("c", true);
    waits.letResume();
    assertThat(exchanges.unanswered()).isEmpty();
    stays.enqueue();
    ends.enqueue();
    assertThat(exchanges.unanswered()).containsExactly("b");
    RequestFailed why = new RequestFailed(FailureKind.UNAVAILABLE, "the service stops");
    exchanges.stop(why);
    assertThatThrownBy(() -> stays.replies().blockLast()).isInstanceOf(StreamCut.class);
    assertThatThrownBy(() -> ends.replies().blockLast()).isSameAs(why);
    assertThatThrownBy(() -> waits.replies().blockLast()).isSameAs(why);
    assertThatThrownBy(
            () -> exchanges.resume("c", metrics.request("c", "c"), AnswerPosition.NOTHING))
        .isSameAs(why);
  }

  @Test
  void failedReply_endsTheAnswer() {
    Exchange a = open("a", false);
    exchanges.deliver(
        new Reply.Failed("a", 1, 0, FailureKind.INVALID, "prompt is too long", "prompt"));

    assertThat(a.answered()).isTrue();
    assertThatThrownBy(() -> a.replies().blockLast())
        .isInstanceOfSatisfying(RequestFailed.class, e -> assertThat(e.param()).isEqualTo("prompt"))
        .hasMessage("prompt is too long");
  }

  @Test
  void clientThatDoesNotRead_isGivenUp() {
    Exchange a = open("a", true);
    for (int seq = 1; seq <= 300; seq++) {
      exchanges.deliver(new Reply.Delta("a", 1, seq, seq, "x".repeat(1024)));
    }

    assertThat(a.answered()).isFalse();
    assertThatThrownBy(() -> a.replies().blockLast())
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("too slow");
  }

  @Test
  void metrics_countTokensTimesAndDuplicates() {
    open("a", true);
    exchanges.deliver(new Reply.Accepted("a", 1, "worker", "q-0@1", 5));
    exchanges.deliver(new Reply.Delta("a", 1, 1, 1, "x"));
    exchanges.deliver(new Reply.Delta("a", 1, 2, 2, "y"));
    exchanges.deliver(new Reply.Delta("a", 1, 2, 2, "y"));
    exchanges.deliver(finished("a", 2));

    assertThat(registry.get("millrace.duplicate.replies").counter().count()).isEqualTo(1);
    assertThat(registry.get("millrace.request.prompt.tokens").summary().totalAmount()).isEqualTo(3);
    assertThat(registry.get("millrace.request.generation.tokens").summary().totalAmount())
        .isEqualTo(7);
    assertThat(registry.get("millrace.time.to.first.token").timer().count()).isEqualTo(1);
    assertThat(registry.get("millrace.inter.token.latency").timer().count()).isEqualTo(1);
    assertThat(registry.get("millrace.request.queue.time").timer().count()).isEqualTo(1);
    assertThat(registry.get("millrace.requests").tag("outcome", "stop").counter().count())
        .isEqualTo(1);
  }

  @Test
  void metrics_tellModelsApart() {
    RequestMetrics other = metrics.request("b", "b");
    other.asks("other");
    exchanges.open("b", true, other, () -> false);
    open("c", true);
    exchanges.deliver(new Reply.Accepted("c", 1, "worker", "q-0@1", 5));
    open("a", true);

    assertThat(gauge("millrace.num.requests.waiting", "m")).isEqualTo(1);
    assertThat(gauge("millrace.num.requests.waiting", "other")).isEqualTo(1);
    assertThat(gauge("millrace.num.requests.running", "m")).isEqualTo(1);
    assertThat(gauge("millrace.num.requests.running", "other")).isZero();
  }

  private double gauge(String name, String model) {
    return registry.get(name).tag("model_name", model).gauge().value();
  }

  private static Reply finished(String id) {
    return finished(id, 0);
  }

  private static Reply finished(String id, int begin) {
    List<Integer> rest = IntStream.rangeClosed(begin + 1, 7).boxed().toList();
    return new Reply.Finished(
        id,
        1,
        new Reply.Choice(0, begin, AnswerPiece.of(""), FinishReason.STOP, rest, List.of()),
        new Usage(3, 7));
  }

  private Exchange open(String id, boolean stream) {
    return exchanges.open(id, stream, metrics.request(id, id), () -> false);
  }
}
