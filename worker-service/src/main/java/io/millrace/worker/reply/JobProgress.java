package io.millrace.worker.reply;

import io.millrace.protocol.JobRecord;
import io.millrace.protocol.JobStatus;
import io.millrace.protocol.Problem;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import io.millrace.worker.reply.PriorReplies.StoredReply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The progress of one attempt at a job, as its replies are stored: that it runs, once the first is,
 * and how it has ended, once the last is. Safe for use by several threads.
 */
final class JobProgress {
  private final String worker;
  private final InstantSource clock;
  private final Instant startedAt;
  private final Function<JobRecord.State, CompletableFuture<RecordPlace>> write;

  /** Of this attempt or an earlier one; null before. Guarded by this. */
  private @Nullable RecordPlace first;

  /** The reply with which this attempt began; null before. Guarded by this. */
  private @Nullable Reply begun;

  /** Guarded by this. */
  private PriorReplies prior = PriorReplies.NONE;

  JobProgress(
      String worker,
      InstantSource clock,
      Function<JobRecord.State, CompletableFuture<RecordPlace>> write) {
    this.worker = worker;
    this.clock = clock;
    this.startedAt = clock.instant();
    this.write = write;
  }

  /**
   * Takes a reply that is stored.
   *
   * @return completed when the state is stored that a last reply is not complete without
   */
  synchronized CompletableFuture<?> stored(Reply reply, RecordPlace place) {
    if (first == null) {
      first = place;
    }
    if (reply.isLast()) {
      return write.apply(state(reply, place));
    }
    if (begun == null) {
      begun = reply;
      tellThatItRuns(reply);
    }
    return CompletableFuture.completedFuture(place);
  }

  /** Not waited for: the end says all of it again. */
  private void tellThatItRuns(Reply reply) {
    var unused = write.apply(state(reply, null));
  }

  /** Takes what earlier attempts have told. */
  synchronized void goOn(PriorReplies earlier) {
    prior = earlier;
    if (earlier.first() != null) {
      first = earlier.first();
    }
    if (begun != null && earlier.end() == null) {
      tellThatItRuns(begun);
    }
  }

  /**
   * Says of this attempt, too, how an earlier one has ended: its worker may not have come to it,
   * and what the highest attempt says counts.
   */
  synchronized CompletableFuture<?> endAgain(int attempt) {
    StoredReply end = prior.end();
    return end == null
        ? CompletableFuture.completedFuture(null)
        : write.apply(state(end.reply(), attempt, end.place()));
  }

  private JobRecord.State state(Reply reply, @Nullable RecordPlace last) {
    return state(reply, reply.attempt(), last);
  }

  private JobRecord.State state(Reply reply, int attempt, @Nullable RecordPlace last) {
    return new JobRecord.State(
        reply.id(),
        JobStatus.of(reply),
        attempt,
        clock.instant(),
        startedAt,
        null,
        worker,
        first,
        last,
        reply.<@Nullable Usage>match(it -> null, it -> null, Reply.Finished::usage, it -> null),
        reply.<@Nullable Problem>match(it -> null, it -> null, it -> null, Reply.Failed::error));
  }
}
