package io.millrace.api.jobs;

import io.millrace.api.answer.AnswerHandler;
import io.millrace.api.answer.StoredAnswer;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.StreamCut;
import io.millrace.api.results.JobEntry;
import io.millrace.api.results.QueuePositions;
import io.millrace.api.results.StoredRecords;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.JobRecord;
import io.millrace.protocol.JobStatus;
import io.millrace.protocol.Problem;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Jobs as clients see them, put together from what is stored. */
@Component
public final class JobViews {
  private final JobEndpoints endpoints;
  private final StoredRecords stored;
  private final QueuePositions positions;
  private final ServedModels models;

  JobViews(
      JobEndpoints endpoints, StoredRecords stored, QueuePositions positions, ServedModels models) {
    this.endpoints = endpoints;
    this.stored = stored;
    this.positions = positions;
    this.models = models;
  }

  /** A job with all that is known of it, its answer included. */
  public Mono<Job> of(JobEntry entry) {
    return Mono.zip(submission(entry), state(entry), position(entry))
        .flatMap(parts -> of(entry, parts.getT1(), parts.getT2(), parts.getT3()));
  }

  /** What was submitted. */
  Mono<JobRecord.Submitted> submission(JobEntry entry) {
    return stored.job(entry.submission()).cast(JobRecord.Submitted.class);
  }

  /** The answer to a job, in the words of its endpoint. */
  StoredAnswer answer(JobRecord.Submitted job) {
    return endpoints.answer(job);
  }

  /** The word that counts; that of an api that knows nothing of the job, where there is none. */
  private Mono<JobRecord.State> state(JobEntry entry) {
    JobEntry.State state = entry.state();
    return state == null
        ? Mono.just(
            JobRecord.State.ofApi(entry.id(), JobStatus.QUEUED, entry.createdAt(), null, null))
        : stored.job(state.place()).cast(JobRecord.State.class);
  }

  private Mono<OptionalLong> position(JobEntry entry) {
    return entry.status(Instant.now()) == JobStatus.QUEUED
        ? positions.ahead(entry)
        : Mono.just(OptionalLong.empty());
  }

  private Mono<Job> of(
      JobEntry entry, JobRecord.Submitted job, JobRecord.State state, OptionalLong position) {
    Instant now = Instant.now();
    JobStatus status = entry.status(now);
    if (!status.isEnd()) {
      return Mono.just(view(entry, job, state, position, new End(status, null, null)));
    }
    RecordPlace first = entry.first();
    Mono<End> end =
        status == JobStatus.SUCCEEDED && first != null
            ? answered(entry.id(), first, entry.last(), job)
            : Mono.just(failed(job, failure(entry, state.error())));
    return end.map(how -> view(entry, job, state, position, how));
  }

  /** The end that the replies tell; fails where they cannot be read now, which is no end. */
  private Mono<End> answered(
      String id, RecordPlace first, @Nullable RecordPlace last, JobRecord.Submitted job) {
    return stored
        .replies(id, first, last)
        .collectList()
        .map(replies -> told(job, replies))
        .onErrorResume(
            RequestFailed.class, e -> isPassing(e) ? Mono.error(e) : Mono.just(failed(job, e)));
  }

  private End told(JobRecord.Submitted job, List<Reply> replies) {
    return replies.get(replies.size() - 1) instanceof Reply.Failed failed
        ? failed(job, RequestFailed.of(failed))
        : succeeded(job, replies);
  }

  /** Whether an error of reading says that it may be read later. */
  private static boolean isPassing(Throwable e) {
    return e instanceof RequestFailed failed && failed.kind() == FailureKind.UNAVAILABLE;
  }

  /**
   * The replies to a job, of which a failure ends them; with {@link StreamCut} where they cannot be
   * read now.
   */
  Flux<Reply> replies(String id, RecordPlace first, @Nullable RecordPlace last) {
    return stored
        .replies(id, first, last)
        .onErrorMap(JobViews::isPassing, e -> new StreamCut())
        .handle(
            (reply, sink) ->
                reply.handle(
                    sink::next,
                    sink::next,
                    sink::next,
                    failed -> sink.error(RequestFailed.of(failed))));
  }

  /** Why a job that has ended has no answer. */
  static RequestFailed failure(JobEntry entry, @Nullable Problem error) {
    return error == null
        ? new RequestFailed(
            FailureKind.DEADLINE, "the answer was not complete by %s".formatted(entry.deadline()))
        : new RequestFailed(error.kind(), error.message(), error.param());
  }

  /**
   * How a job has ended.
   *
   * @param response null before the end
   * @param error null if it has its answer
   */
  private record End(
      JobStatus status, Job.@Nullable Response response, ErrorBody.@Nullable Detail error) {}

  private End succeeded(JobRecord.Submitted job, List<Reply> replies) {
    Object body = answer(job).whole(replies);
    return new End(JobStatus.SUCCEEDED, new Job.Response(HttpStatus.OK.value(), body), null);
  }

  private End failed(JobRecord.Submitted job, RequestFailed why) {
    Object body = answer(job).error(why);
    return new End(
        JobStatus.of(why.kind()),
        new Job.Response(why.kind().status(), body),
        ErrorBody.of(why).error());
  }

  private Job view(
      JobEntry entry,
      JobRecord.Submitted job,
      JobRecord.State state,
      OptionalLong position,
      End end) {
    return new Job(
        Job.Summary.of(entry, end.status),
        position.isPresent() ? position.getAsLong() : null,
        end.status.isEnd() || models.isServed(entry.model()) ? null : AnswerHandler.WORKER,
        state.attempt(),
        state.worker(),
        job.metadata(),
        job.callbackUrl(),
        end.status == JobStatus.SUCCEEDED ? state.usage() : null,
        end.response,
        end.error);
  }
}
