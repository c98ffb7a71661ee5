package io.millrace.api.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A file as clients see it. Times are seconds since 1970.
 *
 * @param expiresAt null for never
 * @param status always the same; OpenAI's clients ask for it
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
record FileObject(
    String id,
    String object,
    long bytes,
    long createdAt,
    @Nullable Long expiresAt,
    String filename,
    String purpose,
    String status) {

  static FileObject of(StoredFile file) {
    Instant expires = file.expiresAt();
    return new FileObject(
        file.id(),
        "file",
        file.bytes(),
        file.createdAt().getEpochSecond(),
        expires == null ? null : expires.getEpochSecond(),
        file.filename(),
        file.purpose(),
        "processed");
  }

  /** What is left of a file that was deleted. */
  record Deleted(String id, String object, boolean deleted) {}
}
