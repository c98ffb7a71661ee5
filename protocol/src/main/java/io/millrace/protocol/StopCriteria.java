package io.millrace.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When an answer ends.
 *
 * @param maxTokens at most this many tokens; null for the worker's {@code --max_output_len}
 * @param minTokens no end-of-sequence before this many tokens
 * @param stop strings that end the answer and are not part of it
 * @param stopTokenIds tokens that end the answer, besides the model's own
 * @param ignoreEos whether the model's end-of-sequence tokens count as ordinary ones
 */
public record StopCriteria(
    @Nullable Integer maxTokens,
    int minTokens,
    List<String> stop,
    List<Integer> stopTokenIds,
    boolean ignoreEos) {

  /** How many stop strings one request may carry. */
  public static final int MAX_STOP_STRINGS = 16;

  /** The model's own end, within the worker's limit. */
  public static final StopCriteria MODEL_DEFAULTS =
      new StopCriteria(null, 0, List.of(), List.of(), false);

  public StopCriteria {
    stop = List.copyOf(stop);
    stopTokenIds = List.copyOf(stopTokenIds);
    if (maxTokens != null) {
      Invalid.unlessAtLeast("max_tokens", maxTokens, 1);
    }
    Invalid.unlessAtLeast("min_tokens", minTokens, 0);
    if (stop.size() > MAX_STOP_STRINGS) {
      throw new Invalid(
          "stop",
          "stop may hold at most " + MAX_STOP_STRINGS + " strings, but holds " + stop.size());
    }
    if (stop.contains("")) {
      throw new Invalid("stop", "stop must not hold an empty string");
    }
  }
}
