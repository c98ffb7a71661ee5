package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The stage that a job has reached. */
public enum JobStatus {
  /** It waits for a worker. */
  QUEUED,
  /** A worker answers it. */
  RUNNING,
  /** It has its whole answer. */
  SUCCEEDED,
  /** It has no answer, or not all of it. */
  FAILED,
  /** Whoever asked has taken it back. */
  CANCELLED,
  /** Its time passed first. */
  EXPIRED;

  /** The stage of a job whose last reply that is. */
  public static JobStatus of(Reply last) {
    return last.match(
        accepted -> RUNNING, delta -> RUNNING, finished -> SUCCEEDED, failed -> of(failed.kind()));
  }

  /** The stage of a job that ended for that reason. */
  public static JobStatus of(FailureKind kind) {
    return switch (kind) {
      case CANCELLED -> CANCELLED;
      case DEADLINE -> EXPIRED;
      default -> FAILED;
    };
  }

  /** Whether no other stage follows. */
  public boolean isEnd() {
    return this != QUEUED && this != RUNNING;
  }

  /** As it appears in records and answers. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
