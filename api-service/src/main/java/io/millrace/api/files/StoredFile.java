package io.millrace.api.files;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A file as it is described beside its content.
 *
 * @param filename as whoever sent it calls it; no path here
 * @param purpose what it is for: {@link #BATCH} or {@link #BATCH_OUTPUT}
 * @param bytes how large its content is
 * @param expiresAt from when on it is gone; null for never
 */
@JsonNaming(SnakeCaseStrategy.class)
public record StoredFile(
    String id,
    String filename,
    String purpose,
    long bytes,
    Instant createdAt,
    @Nullable Instant expiresAt) {
  /** The purpose of requests for a batch. */
  public static final String BATCH = "batch";

  /** The purpose of what a batch gives back. */
  public static final String BATCH_OUTPUT = "batch_output";

  boolean isExpired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }
}
