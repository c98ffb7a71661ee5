package io.millrace.api.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.exchange.AnswerPosition.Part;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

class ReplyBufferTest {
  private static final Reply.Finished END =
      new Reply.Finished(
          "id",
          1,
          new Reply.Choice(0, 9, AnswerPiece.of("!"), FinishReason.STOP, List.of(), List.of()),
          new Usage(1, 9));

  private final ReplyBuffer buffer = new ReplyBuffer(10, AnswerPosition.NOTHING);
  private final Client client = new Client();

  @Test
  void readyClient_getsEachPiece() {
    buffer.batches().subscribe(client);
    client.request(10);
    buffer.add(delta(1, "a"));
    buffer.add(delta(2, "b"));
    buffer.finish(END);

    assertThat(client.replies).containsExactly(delta(1, "a"), delta(2, "b"), END);
    assertThat(client.complete).isTrue();
  }

  @Test
  void slowClient_getsWhatWaitedAsOnePiece() {
    buffer.batches().subscribe(client);
    client.request(1);
    buffer.add(delta(1, "a"));
    buffer.add(delta(2, "b"));
    buffer.add(delta(3, "c"));
    buffer.finish(END);
    assertThat(client.replies).containsExactly(delta(1, "a"));

    client.request(1);
    assertThat(client.replies).containsExactly(delta(1, "a"), joined(3, 1, 0, "bc", null));
    assertThat(client.complete).isFalse();

    client.request(1);
    assertThat(client.replies).endsWith(END);
    assertThat(client.complete).isTrue();
  }

  @Test
  void slowClient_getsWhatWaitedAsOnePieceOfEachAnswer() {
    buffer.add(delta(1, "a"));
    buffer.add(
        new Reply.Delta(
            "id", 1, 1, 1 - 1, 1, AnswerPiece.of("x"), null, List.of(1), List.of(), null));
    buffer.add(delta(2, "b"));
    buffer.add(
        new Reply.Delta(
            "id",
            1,
            2,
            2 - 1,
            1,
            AnswerPiece.of("y"),
            FinishReason.STOP,
            List.of(2),
            List.of(),
            null));
    buffer.finish(END);
    buffer.batches().subscribe(client);
    client.request(5);

    assertThat(client.replies)
        .containsExactly(
            joined(2, 0, 0, "ab", null), joined(2, 0, 1, "xy", FinishReason.STOP), END);
    assertThat(client.batches).containsExactly(2, 1);
  }

  @Test
  void clientThatComesLate_missesNothing() {
    buffer.add(delta(1, "a"));
    buffer.finish(END);
    buffer.batches().subscribe(client);
    client.request(5);

    assertThat(client.replies).containsExactly(delta(1, "a"), END);
  }

  @Test
  void clientThatGoesOn_getsTheBatchesThatItHas_andThenWhatWaits() {
    ReplyBuffer resumed = new ReplyBuffer(100, new AnswerPosition(Part.TEXT, 2, 3, 1));
    for (int token = 1; token <= 7; token++) {
      resumed.add(delta(token, Integer.toString(token)));
    }
    resumed.finish(END);
    resumed.batches().subscribe(client);
    client.request(10);

    assertThat(client.replies)
        .containsExactly(
            delta(1, "1"),
            delta(2, "2"),
            joined(5, 2, 0, "345", null),
            joined(7, 5, 0, "67", null),
            END);
  }

  @Test
  void batchThatTheClientHas_waitsUntilItIsWhole() {
    ReplyBuffer resumed = new ReplyBuffer(100, new AnswerPosition(Part.TEXT, 1, 2, 1));
    resumed.batches().subscribe(client);
    client.request(10);
    resumed.add(delta(1, "1"));
    resumed.add(delta(2, "2"));
    assertThat(client.replies).containsExactly(delta(1, "1"));
    resumed.add(delta(3, "3"));
    resumed.add(delta(4, "4"));
    assertThat(client.replies)
        .containsExactly(delta(1, "1"), joined(3, 1, 0, "23", null), delta(4, "4"));
  }

  @Test
  void answerThatWasToldInOtherPieces_cannotGoOn() {
    for (AnswerPosition had :
        List.of(
            new AnswerPosition(Part.TEXT, 1, 1, 1),
            new AnswerPosition(Part.TEXT, 0, 1, 1),
            new AnswerPosition(Part.TEXT, 0, 3, 1),
            new AnswerPosition(Part.END, 3, 0, 1),
            new AnswerPosition(Part.END, 0, 0, 1))) {
      ReplyBuffer resumed = new ReplyBuffer(100, had);
      Client other = new Client();
      resumed.batches().subscribe(other);
      resumed.add(joined(2, 0, 0, "12", null));
      resumed.finish(END);
      assertThat(other.failure).as("%s", had).hasMessageContaining("in other pieces");
    }
  }

  @Test
  void clientThatHasLeft_costsNothing() {
    buffer.batches().subscribe(client);
    client.cancel();
    for (int token = 1; token <= 100; token++) {
      assertThat(buffer.add(delta(token, "12345"))).isTrue();
    }
    buffer.finish(END);
    assertThat(client.replies).isEmpty();
  }

  @Test
  void tooMuchWaitingText_isRefused() {
    buffer.batches().subscribe(client);
    assertThat(buffer.add(delta(1, "0123456789"))).isTrue();
    assertThat(buffer.add(delta(2, "x"))).isFalse();

    client.request(1);
    assertThat(buffer.add(delta(3, "x"))).isTrue();
  }

  @Test
  void failure_reachesAClientThatDoesNotRead() {
    IllegalStateException failure = new IllegalStateException("gone");
    buffer.batches().subscribe(client);
    buffer.add(delta(1, "a"));
    buffer.fail(failure);
    buffer.finish(END);
    buffer.fail(new IllegalStateException("again"));

    assertThat(client.failure).isSameAs(failure);
    assertThat(client.replies).isEmpty();
  }

  @Test
  void threads_loseAndRepeatNothing() {
    int count = 20_000;
    ReplyBuffer large = new ReplyBuffer(count, AnswerPosition.NOTHING);
    Flux<List<Reply>> read = large.batches().publishOn(Schedulers.parallel(), 1);
    Thread writer =
        new Thread(
            () -> {
              for (int i = 1; i <= count; i++) {
                large.add(delta(i, Integer.toString(i % 10)));
              }
              large.finish(END);
            });
    AtomicReference<StringBuilder> text = new AtomicReference<>(new StringBuilder());
    writer.start();
    read.doOnNext(
            batch -> {
              if (batch.get(0) instanceof Reply.Delta delta) {
                text.get().append(delta.text());
              }
            })
        .blockLast();

    assertThat(text.get()).hasSize(count);
    for (int i = 1; i <= count; i++) {
      assertThat(text.get().charAt(i - 1)).isEqualTo((char) ('0' + i % 10));
    }
  }

  private static Reply.Delta joined(
      int seq, int begin, int index, String text, @Nullable FinishReason reason) {
    List<Integer> ids = IntStream.rangeClosed(begin + 1, seq).boxed().toList();
    return new Reply.Delta(
        "id", 1, seq, begin, index, AnswerPiece.of(text), reason, ids, List.of(), null);
  }

  private static Reply.Delta delta(int seq, String text) {
    return new Reply.Delta("id", 1, seq, seq, text);
  }

  /** Asks for nothing of its own accord. */
  private static final class Client extends BaseSubscriber<List<Reply>> {
    final List<Reply> replies = new ArrayList<>();
    final List<Integer> batches = new ArrayList<>();
    boolean complete;
    @Nullable Throwable failure;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(List<Reply> batch) {
      replies.addAll(batch);
      batches.add(batch.size());
    }

    @Override
    protected void hookOnComplete() {
      complete = true;
    }

    @Override
    protected void hookOnError(Throwable e) {
      failure = e;
    }
  }
}
