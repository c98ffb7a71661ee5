package io.millrace.worker.engine;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.StopCriteria;
import org.jspecify.annotations.Nullable;

/**
 * How long prompts and answers may be, in tokens.
 *
 * @param maxModelLen prompt and answer together, by model and cache
 * @param maxInputLen a prompt
 * @param maxOutputLen an answer
 * @param defaultOutputLen an answer to a request that does not say
 */
public record EngineLimits(
    int maxModelLen, int maxInputLen, int maxOutputLen, int defaultOutputLen) {
  /**
   * The seed's {@code max_output_len}: enough for an answer, and an end to a model that has none.
   */
  private static final int SHORT_ANSWER = 256;

  /**
   * Limits from settings.
   *
   * @param maxInputLen null for what the model allows
   * @param maxOutputLen null for what the model allows; if given, it is also the length of answers
   *     to requests that do not say
   */
  public static EngineLimits of(
      int maxModelLen, @Nullable Integer maxInputLen, @Nullable Integer maxOutputLen) {
    int most = Math.max(1, maxModelLen - 1);
    return new EngineLimits(
        maxModelLen,
        maxInputLen == null ? most : Math.min(maxInputLen, most),
        maxOutputLen == null ? most : Math.min(maxOutputLen, most),
        Math.min(most, maxOutputLen == null ? SHORT_ANSWER : maxOutputLen));
  }

  /**
   * How many tokens an answer gets.
   *
   * @throws Invalid if prompt or answer are too long
   */
  int outputLen(String param, int numPromptTokens, StopCriteria stop) {
    if (numPromptTokens > maxInputLen) {
      throw new Invalid(
          param,
          "%s has %d tokens; at most %d are allowed"
              .formatted(param, numPromptTokens, maxInputLen));
    }
    int room = maxModelLen - numPromptTokens;
    if (stop.maxTokens() == null) {
      return Math.min(defaultOutputLen, room);
    }
    if (stop.maxTokens() > Math.min(maxOutputLen, room)) {
      throw new Invalid(
          "max_tokens",
          "max_tokens must be at most %d (%d tokens in all, %d of them in %s), but is %d"
              .formatted(
                  Math.min(maxOutputLen, room),
                  maxModelLen,
                  numPromptTokens,
                  param,
                  stop.maxTokens()));
    }
    return stop.maxTokens();
  }
}
