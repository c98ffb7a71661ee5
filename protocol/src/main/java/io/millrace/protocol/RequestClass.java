package io.millrace.protocol;

import java.util.Locale;

/** Who waits for the answer: a person now, or a job that may take idle capacity. */
public enum RequestClass {
  INTERACTIVE,
  BATCH;

  /** As it appears in topic names and records. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
