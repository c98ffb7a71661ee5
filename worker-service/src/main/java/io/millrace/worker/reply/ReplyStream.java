package io.millrace.worker.reply;

import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The stream of replies of one answer: in order, or, where nobody wants a stream, the acceptance
 * and one reply with the whole text.
 *
 * <p>Not thread-safe: replies come from one thread after another.
 */
public final class ReplyStream {
  private final Function<Reply, CompletableFuture<Void>> send;
  private final boolean streamed;
  private final DeltaAggregator deltas = new DeltaAggregator();
  private final CompletableFuture<Void> delivered = new CompletableFuture<>();

  ReplyStream(Function<Reply, CompletableFuture<Void>> send, boolean streamed) {
    this.send = send;
    this.streamed = streamed;
  }

  /** Sends a reply, without waiting. After a lost one, none is sent: an answer has no gaps. */
  public void send(Reply reply) {
    if (delivered.isCompletedExceptionally()) {
      return;
    }
    if (streamed) {
      pass(reply);
    } else {
      reply.handle(this::pass, deltas::add, end -> pass(deltas.complete(end)), this::pass);
    }
  }

  private void pass(Reply reply) {
    send.apply(reply)
        .whenComplete(
            (stored, error) -> {
              if (error != null) {
                delivered.completeExceptionally(error);
              } else if (reply.isLast()) {
                delivered.complete(null);
              }
            });
  }

  /** Ends the stream of an answer whose last reply was stored by an earlier attempt. */
  public void end() {
    delivered.complete(null);
  }

  /**
   * Completed when the last reply is stored, exceptionally as soon as one is lost; on a thread that
   * must not be held up.
   */
  public CompletableFuture<Void> delivered() {
    return delivered;
  }
}
