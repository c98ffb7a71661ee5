package io.millrace.api.jobs;

import io.millrace.api.dispatch.RequestDispatcher;
import io.millrace.api.results.JobEntry;
import io.millrace.api.results.JobIndex;
import io.millrace.api.results.ResultsWriter;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.JobRecord;
import io.millrace.protocol.JobStatus;
import io.millrace.protocol.Problem;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The cancel of jobs. The workers are told first, then it is stored that nobody wants the answer:
 * what waits is cancelled then, whether or not a worker lives. A worker that is at it says how it
 * has ended, which counts for more, and is waited for a moment.
 */
@Component
public final class JobCancel {
  /** Why a cancelled job has no answer. */
  static final Problem PROBLEM =
      new Problem(FailureKind.CANCELLED, "cancelled: the job was cancelled", null);

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final JobIndex index;
  private final ResultsWriter results;
  private final RequestDispatcher dispatcher;

  JobCancel(JobIndex index, ResultsWriter results, RequestDispatcher dispatcher) {
    this.index = index;
    this.results = results;
    this.dispatcher = dispatcher;
  }

  /** Cancels a job, unless it has ended; completes with what is known of it then. */
  public Mono<JobEntry> cancel(JobEntry entry) {
    if (entry.status(Instant.now()).isEnd()) {
      return Mono.just(entry);
    }
    JobRecord.State cancelled =
        JobRecord.State.ofApi(
            entry.id(), JobStatus.CANCELLED, Instant.now(), entry.request(), PROBLEM);
    return dispatcher
        .storeCancel(entry.id(), "the job was cancelled")
        .then(results.write(cancelled))
        .then(Mono.defer(() -> ended(entry)));
  }

  private Mono<JobEntry> ended(JobEntry entry) {
    Mono<JobEntry> now = Mono.defer(() -> Mono.justOrEmpty(index.find(entry.id())));
    return entry.first() == null
        ? now
        : index.await(entry.id(), it -> it.isEnded() && it.last() != null).timeout(PATIENCE, now);
  }
}
