package io.millrace.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A batch as OpenAI's clients see it. Times are seconds since 1970, and null before. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.ALWAYS)
record Batch(
    String id,
    String object,
    String endpoint,
    @Nullable Errors errors,
    String inputFileId,
    String completionWindow,
    BatchStatus status,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    long createdAt,
    @Nullable Long inProgressAt,
    long expiresAt,
    @Nullable Long finalizingAt,
    @Nullable Long completedAt,
    @Nullable Long failedAt,
    @Nullable Long expiredAt,
    @Nullable Long cancellingAt,
    @Nullable Long cancelledAt,
    Counts requestCounts,
    @Nullable Map<String, String> metadata) {

  /** Why its input cannot be run. */
  record Errors(String object, List<LineError> data) {}

  /** How many requests it has, how many are answered, and how many have ended otherwise. */
  record Counts(int total, int completed, int failed) {}

  /**
   * What is known of a batch.
   *
   * @param cancelled when somebody cancelled it; null if nobody has
   */
  static Batch of(BatchRecord batch, @Nullable Instant cancelled) {
    BatchRecord.Progress progress = batch.progress();
    boolean cancelling =
        cancelled != null
            && (progress.status() == BatchStatus.VALIDATING
                || progress.status() == BatchStatus.IN_PROGRESS);
    boolean wasCancelled = cancelling || batch.outcome() == BatchStatus.CANCELLED;
    return new Batch(
        batch.id(),
        "batch",
        batch.endpoint(),
        batch.errors().isEmpty() ? null : new Errors("list", batch.errors()),
        batch.inputFileId(),
        batch.window(),
        cancelling ? BatchStatus.CANCELLING : progress.status(),
        batch.outputFileId(),
        batch.errorFileId(),
        batch.createdAt().getEpochSecond(),
        seconds(progress.inProgressAt()),
        batch.expiresAt().getEpochSecond(),
        seconds(progress.finalizingAt()),
        ended(progress, BatchStatus.COMPLETED),
        ended(progress, BatchStatus.FAILED),
        ended(progress, BatchStatus.EXPIRED),
        wasCancelled ? seconds(cancelled) : null,
        ended(progress, BatchStatus.CANCELLED),
        new Counts(progress.total(), progress.completed(), progress.failed()),
        batch.metadata());
  }

  private static @Nullable Long ended(BatchRecord.Progress progress, BatchStatus how) {
    return progress.status() == how ? seconds(progress.endedAt()) : null;
  }

  private static @Nullable Long seconds(@Nullable Instant moment) {
    return moment == null ? null : Long.valueOf(moment.getEpochSecond());
  }
}
