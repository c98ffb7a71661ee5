package io.millrace.api.batches;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The stage that a batch has reached, by OpenAI's names. */
enum BatchStatus {
  /** Its input is read for the first time. */
  VALIDATING,
  /** Its input cannot be run. */
  FAILED,
  /** Its requests are answered. */
  IN_PROGRESS,
  /** All has ended, and the files are made. */
  FINALIZING,
  /** All requests have ended by themselves. */
  COMPLETED,
  /** Its time passed before all were answered. */
  EXPIRED,
  /** Somebody has cancelled it, and what runs is being ended. */
  CANCELLING,
  /** It has ended because it was cancelled. */
  CANCELLED;

  /** Whether no other stage follows. */
  boolean isEnd() {
    return this == FAILED || this == COMPLETED || this == EXPIRED || this == CANCELLED;
  }

  /** As it appears in records and answers. */
  @JsonValue
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
