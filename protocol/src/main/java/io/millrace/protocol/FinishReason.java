package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The reason why an answer is complete: the model or a stop string ended it, it reached its length,
 * or it ends with calls of functions, all of which are complete.
 */
public enum FinishReason {
  STOP,
  LENGTH,
  TOOL_CALLS;

  /** As OpenAI spells it. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
