package io.millrace.api.batches;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.jobs.Job;
import io.millrace.api.jobs.JobCancel;
import io.millrace.api.jobs.JobEndpoints;
import io.millrace.api.jobs.JobFields;
import io.millrace.api.jobs.JobSubmission;
import io.millrace.api.jobs.JobViews;
import io.millrace.api.results.JobEntry;
import io.millrace.api.results.JobIndex;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The answers to the requests of batches. Each is a job of the batch class, whose id follows from
 * its batch and its line, so that whoever drives the batch after another finds what was asked.
 */
@Component
final class LineAnswers {
  /** Before what the queue did not take, or Kafka not give, is tried again. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** After a job has expired. */
  private static final Duration LATE = Duration.ofSeconds(1);

  private final JobSubmission submission;
  private final JobCancel jobCancel;
  private final JobViews views;
  private final JobIndex index;
  private final JobEndpoints endpoints;
  private final ServedModels models;

  LineAnswers(
      JobSubmission submission,
      JobCancel jobCancel,
      JobViews views,
      JobIndex index,
      JobEndpoints endpoints,
      ServedModels models) {
    this.submission = submission;
    this.jobCancel = jobCancel;
    this.views = views;
    this.index = index;
    this.endpoints = endpoints;
    this.models = models;
  }

  /** What becomes of a request, once subscribed; fails where only a defect can be the cause. */
  Mono<OutputLine> answer(BatchRecord batch, BatchLine line, CancelSignal cancel) {
    if (cancel.isGiven()) {
      return Mono.just(OutputLine.of(batch, line, OutputLine.Cause.CANCELLED));
    }
    if (!Instant.now().isBefore(batch.expiresAt())) {
      return Mono.just(OutputLine.of(batch, line, OutputLine.Cause.EXPIRED));
    }
    return Mono.defer(() -> submit(batch, line))
        .retryWhen(again(cancel))
        .flatMap(job -> ended(job, cancel))
        .timeout(left(batch))
        .flatMap(job -> views.of(job).retryWhen(again(cancel)))
        .map(job -> told(batch, line, job))
        .defaultIfEmpty(OutputLine.of(batch, line, OutputLine.Cause.CANCELLED))
        .onErrorResume(e -> without(batch, line, cancel, e));
  }

  private Mono<JobEntry> submit(BatchRecord batch, BatchLine line) {
    // It was served when the batch was validated, and its workers may come back.
    String model = line.model();
    if (model != null) {
      models.remember(model);
    }
    JobFields fields =
        new JobFields(
            batch.endpoint(),
            JobFields.parse(line.body()),
            RequestClass.BATCH,
            Duration.between(batch.createdAt(), batch.expiresAt()),
            metadata(batch, line),
            null);
    return submission.submit(
        batch.jobId(line.number()), fields, batch.expiresAt(), batch.traceparent());
  }

  private static JsonNode metadata(BatchRecord batch, BatchLine line) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("batch_id", batch.id())
        .put("custom_id", line.customId());
  }

  private Mono<JobEntry> ended(JobEntry job, CancelSignal cancel) {
    return Mono.firstWithSignal(
        index.await(job.id(), JobEntry::isEnded),
        cancel.await().then(Mono.defer(() -> jobCancel.cancel(job))));
  }

  private static Retry again(CancelSignal cancel) {
    return Retry.fixedDelay(Long.MAX_VALUE, PAUSE).filter(e -> isTransient(e) && !cancel.isGiven());
  }

  private static boolean isTransient(Throwable e) {
    return e instanceof RequestFailed failure
        && (failure.kind() == FailureKind.UNAVAILABLE || failure.kind() == FailureKind.OVERLOADED);
  }

  /** Until the job must have expired, whoever says so. */
  private static Duration left(BatchRecord batch) {
    Duration left = Duration.between(Instant.now(), batch.expiresAt());
    return left.plus(JobEntry.GRACE).plus(LATE);
  }

  private static OutputLine told(BatchRecord batch, BatchLine line, Job job) {
    Job.Response response = job.response();
    return switch (job.summary().status()) {
      case CANCELLED -> OutputLine.of(batch, line, OutputLine.Cause.CANCELLED);
      case EXPIRED -> OutputLine.of(batch, line, OutputLine.Cause.EXPIRED);
      default ->
          response == null
              ? OutputLine.of(batch, line, OutputLine.Cause.CANCELLED)
              : OutputLine.of(batch, line, response);
    };
  }

  /** What is told where there is no job, or none that ends. */
  private Mono<OutputLine> without(
      BatchRecord batch, BatchLine line, CancelSignal cancel, Throwable e) {
    if (cancel.isGiven()) {
      return Mono.just(OutputLine.of(batch, line, OutputLine.Cause.CANCELLED));
    }
    if (e instanceof TimeoutException) {
      return Mono.just(OutputLine.of(batch, line, OutputLine.Cause.EXPIRED));
    }
    return e instanceof Invalid || e instanceof RequestFailed
        ? Mono.just(OutputLine.of(batch, line, endpoints.refusal(batch.endpoint(), e)))
        : Mono.error(e);
  }
}
