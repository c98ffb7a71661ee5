package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The urgency of a request: a person waits for it, or a job that may take idle capacity. */
public enum RequestClass {
  INTERACTIVE,
  BATCH;

  /** As it appears in topic names and records. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
