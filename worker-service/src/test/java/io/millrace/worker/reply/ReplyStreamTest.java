package io.millrace.worker.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

final class ReplyStreamTest {
  private static final Reply ACCEPTED = new Reply.Accepted("id", 1, "worker", "q-0@1", 5);
  private static final Usage USAGE = new Usage(3, 4);

  private final List<Reply> sent = new ArrayList<>();
  private final List<CompletableFuture<RecordPlace>> stored = new ArrayList<>();

  @Test
  void streamed_sendsEachReply() {
    ReplyStream stream = stream(true);
    List<Reply> replies = List.of(ACCEPTED, delta(1, "a"), delta(2, "b"), finished("c"));
    replies.forEach(stream::send);

    assertThat(sent).isEqualTo(replies);
  }

  @Test
  void notStreamed_sendsTheWholeTextOnce() {
    ReplyStream stream = stream(false);
    List.of(ACCEPTED, delta(1, "a "), delta(2, "b "), finished("c")).forEach(stream::send);

    assertThat(sent)
        .containsExactly(
            ACCEPTED,
            new Reply.Finished(
                "id",
                1,
                new Reply.Choice(
                    0,
                    0,
                    AnswerPiece.of("a b c"),
                    FinishReason.STOP,
                    List.of(1, 2, 3, 4),
                    List.of()),
                USAGE));
  }

  @Test
  void notStreamed_sendsAFailureWithoutText() {
    ReplyStream stream = stream(false);
    Reply failed = new Reply.Failed("id", 1, 1, FailureKind.CANCELLED, "gone", null);
    stream.send(delta(1, "a "));
    stream.send(failed);

    assertThat(sent).containsExactly(failed);
  }

  @Test
  void delivered_waitsForTheLastReply() {
    ReplyStream stream = stream(true);
    stream.send(delta(1, "a"));
    stream.send(finished(""));
    stored.get(0).complete(null);
    assertThat(stream.delivered()).isNotDone();

    stored.get(1).complete(null);

    assertThat(stream.delivered()).isCompleted();
  }

  @Test
  void lostReply_endsTheStream() {
    ReplyStream stream = stream(true);
    stream.send(delta(1, "a"));
    stored.get(0).completeExceptionally(new TimeoutException("broker away"));
    stream.send(delta(2, "b"));
    stream.send(finished(""));

    assertThat(sent).hasSize(1);
    assertThat(stream.delivered()).isCompletedExceptionally();
  }

  private ReplyStream stream(boolean streamed) {
    return new ReplyStream(
        reply -> {
          sent.add(reply);
          CompletableFuture<RecordPlace> future = new CompletableFuture<>();
          stored.add(future);
          return future;
        },
        null,
        streamed);
  }

  private static Reply delta(int seq, String text) {
    return new Reply.Delta("id", 1, seq, seq, text);
  }

  private static Reply finished(String text) {
    return new Reply.Finished(
        "id",
        1,
        new Reply.Choice(0, 2, AnswerPiece.of(text), FinishReason.STOP, List.of(3, 4), List.of()),
        USAGE);
  }
}
