package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The reason why there is no answer. Each kind fixes what HTTP says and whether asking again may
 * help.
 */
public enum FailureKind {
  /** The request cannot be served as it is written. */
  INVALID(400, false),
  /** The model it names is not served here. */
  NOT_FOUND(404, false),
  /** Whoever asked no longer wants the answer. */
  CANCELLED(499, false),
  /** Too much is waiting already. */
  OVERLOADED(429, true),
  /** No worker or no broker can be reached. */
  UNAVAILABLE(503, true),
  /** The deadline passed first. */
  DEADLINE(504, true),
  /** A defect on our side. */
  INTERNAL(500, true);

  private final int status;
  private final boolean retryable;

  FailureKind(int status, boolean retryable) {
    this.status = status;
    this.retryable = retryable;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** As it appears in records and as a metric's label. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
