package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The conditions under which an answer ends.
 *
 * @param maxTokens at most this many tokens; null for the worker's {@code --max_output_len}
 * @param minTokens no end-of-sequence before this many tokens
 * @param stop strings that end the answer and are not part of it
 * @param stopTokenIds tokens that end the answer, besides the model's own
 * @param ignoreEos whether the model's end-of-sequence tokens count as ordinary ones
 */
@JsonNaming(SnakeCaseStrategy.class)
public record StopCriteria(
    @Limit(min = 1) @JsonInclude(Include.NON_NULL) @Nullable Integer maxTokens,
    @Limit(min = 0) @JsonInclude(Include.NON_DEFAULT) int minTokens,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        @JsonInclude(Include.NON_EMPTY)
        List<String> stop,
    @JsonInclude(Include.NON_EMPTY) List<Integer> stopTokenIds,
    @JsonInclude(Include.NON_DEFAULT) boolean ignoreEos) {

  private static final Limits LIMITS = Limits.of(StopCriteria.class);

  /** How many stop strings one request may carry. */
  public static final int MAX_STOP_STRINGS = 16;

  /** The model's own end, within the worker's limit. */
  public static final StopCriteria MODEL_DEFAULTS =
      new StopCriteria(null, 0, List.of(), List.of(), false);

  public StopCriteria {
    stop = Lists.copyOf(stop);
    stopTokenIds = Lists.copyOf(stopTokenIds);
    LIMITS.check(maxTokens, minTokens, stop, stopTokenIds, ignoreEos);
    if (stop.size() > MAX_STOP_STRINGS) {
      throw new Invalid(
          "stop",
          "stop may hold at most " + MAX_STOP_STRINGS + " strings, but holds " + stop.size());
    }
    if (stop.contains("")) {
      throw new Invalid("stop", "stop must not hold an empty string");
    }
  }

  /** The same with another most number of tokens. */
  public StopCriteria withMaxTokens(@Nullable Integer most) {
    return new StopCriteria(most, minTokens, stop, stopTokenIds, ignoreEos);
  }

  /** The same with another least number of tokens. */
  public StopCriteria withMinTokens(int least) {
    return new StopCriteria(maxTokens, least, stop, stopTokenIds, ignoreEos);
  }

  /** The same with other stop strings. */
  public StopCriteria withStop(String... strings) {
    return new StopCriteria(maxTokens, minTokens, List.of(strings), stopTokenIds, ignoreEos);
  }

  /** The same with other stop tokens. */
  public StopCriteria withStopTokenIds(List<Integer> ids) {
    return new StopCriteria(maxTokens, minTokens, stop, ids, ignoreEos);
  }

  /** The same for an answer that the model's own end does not end. */
  public StopCriteria ignoringEos() {
    return new StopCriteria(maxTokens, minTokens, stop, stopTokenIds, true);
  }
}
