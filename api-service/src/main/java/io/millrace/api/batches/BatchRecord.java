package io.millrace.api.batches;

import io.millrace.api.files.FileStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A batch as it is kept on the disk. Only the api that drives it writes this; who cancels it leaves
 * a word beside it.
 *
 * @param window the time for all answers, as the client said it
 * @param metadata the client's own; null for none
 * @param outputSeconds how long what it gives back is kept; null for ever
 * @param progress how far it has come
 * @param outcome how it ends or has ended, once all requests have; null before
 * @param errors why the input cannot be run; empty if it can
 * @param outputFileId what has succeeded; null if there is nothing, or not yet
 * @param errorFileId what has not; null if there is nothing, or not yet
 * @param traceparent the trace of whoever made it; null for none
 */
@JsonNaming(SnakeCaseStrategy.class)
record BatchRecord(
    String id,
    String inputFileId,
    String endpoint,
    String window,
    Instant createdAt,
    Instant expiresAt,
    @Nullable Map<String, String> metadata,
    @Nullable Long outputSeconds,
    Progress progress,
    @Nullable BatchStatus outcome,
    List<LineError> errors,
    @Nullable String outputFileId,
    @Nullable String errorFileId,
    @Nullable String traceparent) {
  private static final String PREFIX = "batch_";

  /**
   * How far a batch has come.
   *
   * @param inProgressAt null before
   * @param finalizingAt null before
   * @param endedAt null before
   * @param total how many requests it has; 0 before that is known
   * @param completed how many are answered
   * @param failed how many have ended otherwise
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Progress(
      BatchStatus status,
      @Nullable Instant inProgressAt,
      @Nullable Instant finalizingAt,
      @Nullable Instant endedAt,
      int total,
      int completed,
      int failed) {
    static final Progress NONE = new Progress(BatchStatus.VALIDATING, null, null, null, 0, 0, 0);

    Progress begun(int all) {
      return new Progress(BatchStatus.IN_PROGRESS, Instant.now(), null, null, all, 0, 0);
    }

    Progress counted(int answered, int others) {
      return new Progress(status, inProgressAt, finalizingAt, endedAt, total, answered, others);
    }

    Progress finalizing() {
      return new Progress(
          BatchStatus.FINALIZING, inProgressAt, Instant.now(), null, total, completed, failed);
    }

    Progress ended(BatchStatus how) {
      return new Progress(how, inProgressAt, finalizingAt, Instant.now(), total, completed, failed);
    }
  }

  /** A batch that nobody has begun. */
  static BatchRecord of(BatchFields fields, Instant now, @Nullable String traceparent) {
    return new BatchRecord(
        PREFIX + UUID.randomUUID().toString().replace("-", ""),
        fields.inputFileId(),
        fields.endpoint(),
        fields.window(),
        now,
        now.plus(fields.completionWindow()),
        fields.metadata(),
        fields.outputKept() == null ? null : fields.outputKept().toSeconds(),
        Progress.NONE,
        null,
        List.of(),
        null,
        null,
        traceparent);
  }

  BatchStatus status() {
    return progress.status;
  }

  BatchRecord with(Progress later) {
    return with(later, outcome, errors, outputFileId, errorFileId);
  }

  /** The same, whose input cannot be run. */
  BatchRecord failed(List<LineError> why) {
    return with(progress.ended(BatchStatus.FAILED), BatchStatus.FAILED, why, null, null);
  }

  /** The same, of which all requests have ended. */
  BatchRecord finalizing(BatchStatus how) {
    return with(progress.finalizing(), how, errors, null, null);
  }

  /** The same with its files. */
  BatchRecord ended(BatchStatus how, @Nullable String output, @Nullable String error) {
    return with(progress.ended(how), how, errors, output, error);
  }

  private BatchRecord with(
      Progress newProgress,
      @Nullable BatchStatus newOutcome,
      List<LineError> newErrors,
      @Nullable String output,
      @Nullable String error) {
    return new BatchRecord(
        id,
        inputFileId,
        endpoint,
        window,
        createdAt,
        expiresAt,
        metadata,
        outputSeconds,
        newProgress,
        newOutcome,
        newErrors,
        output,
        error,
        traceparent);
  }

  /** The id of the job of a line, which is the same whoever submits it. */
  String jobId(int line) {
    return "job_" + unprefixed() + "-" + line;
  }

  /** The id of what the batch gives back for a line. */
  String requestId(int line) {
    return "batch_req_" + unprefixed() + "-" + line;
  }

  /** The line that an id of {@link #requestId} is for. */
  static int line(String requestId) {
    return Integer.parseInt(requestId.substring(requestId.lastIndexOf('-') + 1));
  }

  /** The id of a file that the batch gives back, which is the same whoever makes it. */
  String fileId(String kind) {
    return FileStore.id(UUID.nameUUIDFromBytes((id + "/" + kind).getBytes(StandardCharsets.UTF_8)));
  }

  private String unprefixed() {
    return id.substring(PREFIX.length());
  }
}
