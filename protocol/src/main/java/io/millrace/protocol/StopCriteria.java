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
 * @param maxTokens at most this many tokens; null for what the model's authors recommend, the rest
 *     of the context, or the worker's {@code --max_output_len}; 0, for the prompt alone, only with
 *     {@code echo} or the prompt's tokens
 * @param minTokens neither an end-of-sequence nor a stop string before this many tokens
 * @param stop strings that end the answer and are not part of it
 * @param stopTokenIds tokens that end the answer, besides the model's own
 * @param ignoreEos whether the model's end-of-sequence tokens count as ordinary ones
 * @param includeStopStrInOutput whether what ended the answer, stop string or token, is part of it
 * @param shortAnswer whether an answer without {@code max_tokens} is short: the worker's {@code
 *     --max_output_len}, or 256 tokens where that is not set, instead of the rest of the context
 */
@JsonNaming(SnakeCaseStrategy.class)
public record StopCriteria(
    @Limit(min = 0) @JsonInclude(Include.NON_NULL) @Nullable Integer maxTokens,
    @Limit(min = 0) @JsonInclude(Include.NON_DEFAULT) int minTokens,
    @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        @JsonInclude(Include.NON_EMPTY)
        @Limit(items = MAX_STOP_STRINGS)
        List<String> stop,
    @Limit(items = Limit.MAX_TOKEN_IDS) @JsonInclude(Include.NON_EMPTY) List<Integer> stopTokenIds,
    @JsonInclude(Include.NON_DEFAULT) boolean ignoreEos,
    @JsonInclude(Include.NON_DEFAULT) boolean includeStopStrInOutput,
    @JsonInclude(Include.NON_DEFAULT) boolean shortAnswer) {

  /** How many stop strings one request may carry. */
  public static final int MAX_STOP_STRINGS = 16;

  private static final Limits LIMITS = Limits.of(StopCriteria.class);

  /** The model's own end, within the worker's limit. */
  public static final StopCriteria MODEL_DEFAULTS =
      new StopCriteria(null, 0, List.of(), List.of(), false);

  public StopCriteria {
    stop = Lists.copyOf(stop);
    stopTokenIds = Lists.copyOf(stopTokenIds);
    LIMITS.check(
        maxTokens, minTokens, stop, stopTokenIds, ignoreEos, includeStopStrInOutput, shortAnswer);
    if (maxTokens != null && minTokens > maxTokens) {
      throw new Invalid(
          "min_tokens",
          "min_tokens must be at most max_tokens, which is %d, but is %d"
              .formatted(maxTokens, minTokens));
    }
    if (stop.contains("")) {
      throw new Invalid("stop", "stop must not hold an empty string");
    }
  }

  /** Conditions of an answer without its stop string, to whose length nothing is said if open. */
  public StopCriteria(
      @Nullable Integer maxTokens,
      int minTokens,
      List<String> stop,
      List<Integer> stopTokenIds,
      boolean ignoreEos) {
    this(maxTokens, minTokens, stop, stopTokenIds, ignoreEos, false, false);
  }

  /** Whether no answer is wanted, only what is told of the prompt. */
  public boolean promptOnly() {
    return maxTokens != null && maxTokens == 0;
  }

  /**
   * Refuses an answer of no tokens with nothing else to tell.
   *
   * @throws Invalid unless there are tokens, or an echo, or the prompt's tokens are told
   */
  public void check(OutputParams output) {
    if (promptOnly() && !output.echo() && !output.tellsPromptTokens()) {
      Invalid.unlessAtLeast("max_tokens", 0, 1);
    }
  }

  /** The same with another most number of tokens. */
  public StopCriteria withMaxTokens(@Nullable Integer most) {
    return changed(most, minTokens, stop, stopTokenIds, ignoreEos);
  }

  /** The same with another least number of tokens. */
  public StopCriteria withMinTokens(int least) {
    return changed(maxTokens, least, stop, stopTokenIds, ignoreEos);
  }

  /** The same with other stop strings. */
  public StopCriteria withStop(String... strings) {
    return changed(maxTokens, minTokens, List.of(strings), stopTokenIds, ignoreEos);
  }

  /** The same with other stop tokens. */
  public StopCriteria withStopTokenIds(List<Integer> ids) {
    return changed(maxTokens, minTokens, stop, ids, ignoreEos);
  }

  /** The same for an answer that the model's own end does not end. */
  public StopCriteria ignoringEos() {
    return changed(maxTokens, minTokens, stop, stopTokenIds, true);
  }

  /** The same for an answer that tells what ended it. */
  public StopCriteria includingStop() {
    return new StopCriteria(maxTokens, minTokens, stop, stopTokenIds, ignoreEos, true, shortAnswer);
  }

  /** The same for an answer that is short unless {@code max_tokens} says otherwise. */
  public StopCriteria shortByDefault() {
    return new StopCriteria(
        maxTokens, minTokens, stop, stopTokenIds, ignoreEos, includeStopStrInOutput, true);
  }

  private StopCriteria changed(
      @Nullable Integer most,
      int least,
      List<String> strings,
      List<Integer> tokenIds,
      boolean ignores) {
    return new StopCriteria(
        most, least, strings, tokenIds, ignores, includeStopStrInOutput, shortAnswer);
  }
}
