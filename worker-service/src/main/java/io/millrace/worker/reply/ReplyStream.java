package io.millrace.worker.reply;

import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stream of replies of one answer: in order, or, where nobody wants a stream, the acceptance
 * and one reply with the whole text. Of a job, its state is stored beside them.
 *
 * <p>All replies are of the attempt that was accepted last, so that an answer can go on as another
 * attempt: what comes after its acceptance counts as told by it. Safe for use by several threads;
 * the order of what they send is theirs to keep.
 */
public final class ReplyStream {
  private final Function<Reply, CompletableFuture<RecordPlace>> send;
  private final @Nullable JobProgress job;
  private final boolean streamed;
  private final DeltaAggregator deltas = new DeltaAggregator();

  /** The one accepted last; 0 before. Guarded by this. */
  private int attempt;

  private final CompletableFuture<Void> delivered = new CompletableFuture<>();

  /**
   * @param send stores a reply
   * @param job takes down what becomes of the request; null if it is no job
   */
  ReplyStream(
      Function<Reply, CompletableFuture<RecordPlace>> send,
      @Nullable JobProgress job,
      boolean streamed) {
    this.send = send;
    this.job = job;
    this.streamed = streamed;
  }

  /** Sends a reply, without waiting. After a lost one, none is sent: an answer has no gaps. */
  public synchronized void send(Reply reply) {
    if (delivered.isCompletedExceptionally()) {
      return;
    }
    reply.handle(begun -> attempt = begun.attempt(), delta -> {}, end -> {}, failed -> {});
    Reply own = attempt == 0 || reply.attempt() == attempt ? reply : reply.of(reply.id(), attempt);
    if (streamed) {
      pass(own);
    } else {
      own.handle(this::pass, deltas::add, end -> pass(deltas.complete(end)), this::pass);
    }
  }

  private void pass(Reply reply) {
    CompletableFuture<?> stored =
        job == null
            ? send.apply(reply)
            : send.apply(reply).thenCompose(place -> job.stored(reply, place));
    stored.whenComplete((done, error) -> settle(reply.isLast(), error));
  }

  private void settle(boolean last, @Nullable Throwable error) {
    if (error != null) {
      delivered.completeExceptionally(error);
    } else if (last) {
      delivered.complete(null);
    }
  }

  /** Says what earlier attempts have told. */
  public void goOn(PriorReplies prior) {
    if (job != null) {
      job.goOn(prior);
    }
  }

  /**
   * Ends the stream of an answer whose last reply was stored by an earlier attempt.
   *
   * @param attempt that finds it so
   */
  public void end(int attempt) {
    CompletableFuture<?> stored =
        job == null ? CompletableFuture.completedFuture(null) : job.endAgain(attempt);
    stored.whenComplete((done, error) -> settle(true, error));
  }

  /**
   * Completed when the last reply is stored, and of a job its state as well, exceptionally as soon
   * as one is lost; on a thread that must not be held up.
   */
  public CompletableFuture<Void> delivered() {
    return delivered;
  }
}
