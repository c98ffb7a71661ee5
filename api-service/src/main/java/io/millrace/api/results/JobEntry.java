package io.millrace.api.results;

import io.millrace.protocol.JobRecord;
import io.millrace.protocol.JobStatus;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an index keeps of a job: small, whatever was asked; the rest is read back from where it
 * lies.
 *
 * @param submission where its {@link JobRecord.Submitted} lies
 * @param state of the attempt that counts; null before any
 * @param idempotencyKey the digest of the submitter's key; null for none
 * @param fingerprint of what was submitted; null without a key
 * @param callsBack whether somebody is to be told of its end
 * @param callback the last word about that; null before any
 */
public record JobEntry(
    String id,
    String endpoint,
    String model,
    RequestClass requestClass,
    Instant createdAt,
    Instant deadline,
    RecordPlace submission,
    @Nullable State state,
    @Nullable String idempotencyKey,
    @Nullable String fingerprint,
    boolean callsBack,
    JobRecord.@Nullable Callback callback) {
  /** How much later than its deadline a worker may say how a job has ended. */
  public static final Duration GRACE = Duration.ofSeconds(3);

  /**
   * The state of a job.
   *
   * @param place where the record lies that says so
   * @param endedAt null before the end
   * @param startedAt null before any attempt
   * @param request where the request lies; null while that is not known
   * @param first where the first reply lies; null before it
   * @param last where the last reply lies; null before it
   */
  public record State(
      JobStatus status,
      int attempt,
      RecordPlace place,
      @Nullable Instant endedAt,
      @Nullable Instant startedAt,
      @Nullable RecordPlace request,
      @Nullable RecordPlace first,
      @Nullable RecordPlace last) {

    static State of(JobRecord.State said, RecordPlace place) {
      return new State(
          said.status(),
          said.attempt(),
          place,
          said.status().isEnd() ? said.at() : null,
          said.startedAt(),
          said.request(),
          said.first(),
          said.last());
    }

    /**
     * What counts of two words: that of the higher attempt, as readers pass over what lower ones
     * say, then the later. An end counts before what is none of its attempt; that of a cancel,
     * which is no attempt's, before any. Where request and first reply lie is known from either.
     */
    State merge(State later) {
      boolean replaced =
          status.isEnd() == later.status.isEnd() ? later.attempt >= attempt : later.overrules(this);
      State counts = replaced ? later : this;
      State other = replaced ? this : later;
      return new State(
          counts.status,
          counts.attempt,
          counts.place,
          counts.endedAt,
          earlier(startedAt, later.startedAt),
          counts.request == null ? other.request : counts.request,
          earlier(first, later.first),
          counts.last);
    }

    /** Of two words of which one is an end. */
    private boolean overrules(State other) {
      return status.isEnd() ? attempt == 0 || attempt >= other.attempt : !other.overrules(this);
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
      return one == null || (other != null && other.isBefore(one)) ? other : one;
    }

    private static @Nullable RecordPlace earlier(
        @Nullable RecordPlace one, @Nullable RecordPlace other) {
      return one == null || (other != null && other.offset() < one.offset()) ? other : one;
    }
  }

  static JobEntry of(JobRecord.Submitted job, RecordPlace place) {
    return new JobEntry(
        job.id(),
        job.endpoint().intern(),
        job.model().intern(),
        job.requestClass(),
        job.createdAt(),
        job.deadline(),
        place,
        null,
        job.idempotencyKey(),
        job.fingerprint(),
        job.callbackUrl() != null,
        null);
  }

  JobEntry with(State later) {
    State merged = state == null ? later : state.merge(later);
    return with(merged, callback);
  }

  JobEntry with(JobRecord.Callback later) {
    return with(state, later);
  }

  private JobEntry with(@Nullable State newState, JobRecord.@Nullable Callback newCallback) {
    return new JobEntry(
        id,
        endpoint,
        model,
        requestClass,
        createdAt,
        deadline,
        submission,
        newState,
        idempotencyKey,
        fingerprint,
        callsBack,
        newCallback);
  }

  /** The stage at a moment: what has not ended well after its deadline has expired. */
  public JobStatus status(Instant now) {
    JobStatus said = state == null ? JobStatus.QUEUED : state.status;
    return !said.isEnd() && now.isAfter(deadline.plus(GRACE)) ? JobStatus.EXPIRED : said;
  }

  /** Whether a worker, or whoever cancelled it, has said how it has ended. */
  public boolean isEnded() {
    return state != null && state.status.isEnd();
  }

  /** Where its request lies; null while that is not known. */
  public @Nullable RecordPlace request() {
    return state == null ? null : state.request;
  }

  /** Where its first reply lies; null before it. */
  public @Nullable RecordPlace first() {
    return state == null ? null : state.first;
  }

  /** Where its last reply lies; null before it. */
  public @Nullable RecordPlace last() {
    return state == null ? null : state.last;
  }
}
