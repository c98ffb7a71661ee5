package io.millrace.api.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.results.JobEntry;
import io.millrace.protocol.JobStatus;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.Usage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A job as clients see it.
 *
 * @param position how many requests are before it in the queue and not finished; null where that is
 *     not known, or it waits no more
 * @param waitingFor {@code worker} while no worker of its model lives; null otherwise
 * @param attempts how many workers have begun it
 * @param worker who answers it, or has; null before
 * @param metadata the client's own
 * @param callbackUrl who is told of the end
 * @param usage what the answer cost
 * @param response what the endpoint would have said; null before the end
 * @param error why there is no answer
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Job(
    @JsonUnwrapped Summary summary,
    @Nullable Long position,
    @Nullable String waitingFor,
    int attempts,
    @Nullable String worker,
    @Nullable JsonNode metadata,
    @Nullable String callbackUrl,
    @Nullable Usage usage,
    @Nullable Response response,
    ErrorBody.@Nullable Detail error) {

  /**
   * What a list tells of a job. Times are seconds since 1970.
   *
   * @param startedAt null while no worker has begun
   * @param endedAt null before the end
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Summary(
      String id,
      String object,
      JobStatus status,
      String endpoint,
      String model,
      @JsonProperty("class") RequestClass requestClass,
      long createdAt,
      long expiresAt,
      @Nullable Long startedAt,
      @Nullable Long endedAt) {

    /** What an index tells of a job at a moment. */
    static Summary of(JobEntry entry, JobStatus status) {
      JobEntry.State state = entry.state();
      Instant expired = status == JobStatus.EXPIRED ? entry.deadline() : null;
      Instant ended = state == null ? expired : state.endedAt() == null ? expired : state.endedAt();
      return new Summary(
          entry.id(),
          "job",
          status,
          entry.endpoint(),
          entry.model(),
          entry.requestClass(),
          entry.createdAt().getEpochSecond(),
          entry.deadline().getEpochSecond(),
          state == null ? null : seconds(state.startedAt()),
          seconds(ended));
    }

    private static @Nullable Long seconds(@Nullable Instant moment) {
      return moment == null ? null : Long.valueOf(moment.getEpochSecond());
    }
  }

  /** What the endpoint would have said. */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Response(int statusCode, Object body) {}
}
