package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The reason why an answer is complete: the model or a stop string ended it, or it reached its
 * length.
 */
public enum FinishReason {
  STOP,
  LENGTH;

  /** As OpenAI spells it. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
