package io.millrace.api.jobs;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.results.JobEntry;
import io.millrace.api.results.JobIndex;
import io.millrace.protocol.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The replies to jobs while they come, and to those that wait. */
@Component
final class JobEvents {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final JobIndex index;
  private final JobViews views;

  JobEvents(JobIndex index, JobViews views) {
    this.index = index;
    this.views = views;
  }

  /** All replies to a job, from the first on until its end; a failure ends them. */
  Flux<Reply> of(JobEntry entry) {
    return index
        .await(entry.id(), it -> it.first() != null || it.isEnded())
        .timeout(left(entry))
        .onErrorMap(TimeoutException.class, late -> JobViews.failure(entry, null))
        .flatMapMany(this::begun);
  }

  private Flux<Reply> begun(JobEntry entry) {
    if (entry.first() == null) {
      return Flux.error(cancelled(entry));
    }
    Flux<Reply> replies = views.replies(entry.id(), entry.first(), entry.last());
    return entry.last() == null
        ? replies.takeUntilOther(withoutWorker(entry)).concatWith(untilEnded(entry))
        : replies;
  }

  /** The end is stored after the last reply: who has read all events asks for the job next. */
  private Mono<Reply> untilEnded(JobEntry entry) {
    return index
        .await(entry.id(), JobEntry::isEnded)
        .timeout(PATIENCE)
        .onErrorComplete(TimeoutException.class)
        .then(Mono.empty());
  }

  /**
   * Fails where a job ends of which no worker says so: its api cancelled it, or its time passed.
   */
  private Mono<Reply> withoutWorker(JobEntry entry) {
    return index
        .await(entry.id(), it -> it.isEnded() && it.last() == null)
        .timeout(left(entry))
        // A worker that is at it has something to say as well, which holds.
        .delayElement(PATIENCE)
        .<Reply>flatMap(ended -> Mono.error(cancelled(ended)))
        .onErrorMap(TimeoutException.class, late -> JobViews.failure(entry, null));
  }

  private static Duration left(JobEntry entry) {
    Duration left = Duration.between(Instant.now(), entry.deadline().plus(JobEntry.GRACE));
    return left.compareTo(JobEntry.GRACE) < 0 ? JobEntry.GRACE : left;
  }

  private static RequestFailed cancelled(JobEntry entry) {
    return JobViews.failure(entry, JobCancel.PROBLEM);
  }
}
