package io.millrace.engine;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.StopCriteria;
import org.jspecify.annotations.Nullable;

/**
 * The engine's limits on requests: lengths of prompts and answers in tokens, and the number of
 * answers.
 *
 * @param maxModelLen prompt and answer together, by model and cache
 * @param maxInputLen a prompt
 * @param maxOutputLen an answer
 * @param defaultOutputLen an answer to a request that does not say
 * @param maxAnswers answers to one request, each of which takes a place in the batch
 */
public record EngineLimits(
    int maxModelLen, int maxInputLen, int maxOutputLen, int defaultOutputLen, int maxAnswers) {
  /**
   * The seed's {@code max_output_len}: enough for an answer, and an end to a model that has none.
   */
  private static final int SHORT_ANSWER = 256;

  /**
   * Most log-probabilities in one reply: a record must have room for them, at about 80 bytes each.
   */
  private static final int MOST_TOLD = 40_000;

  /**
   * Limits from settings.
   *
   * @param maxInputLen null for what the model allows
   * @param maxOutputLen null for what the model allows; if given, it is also the length of answers
   *     to requests that do not say
   * @param maxBatchSize places in the batch
   */
  public static EngineLimits of(
      int maxModelLen,
      @Nullable Integer maxInputLen,
      @Nullable Integer maxOutputLen,
      int maxBatchSize) {
    int most = Math.max(1, maxModelLen - 1);
    return new EngineLimits(
        maxModelLen,
        maxInputLen == null ? most : Math.min(maxInputLen, most),
        maxOutputLen == null ? most : Math.min(maxOutputLen, most),
        Math.min(most, maxOutputLen == null ? SHORT_ANSWER : maxOutputLen),
        maxBatchSize);
  }

  /**
   * The most tokens that an answer gets.
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

  /**
   * Refuses requests for more than a worker or a reply can hold.
   *
   * @throws Invalid naming the field at fault
   */
  void check(OutputParams output, boolean streamed, int numPromptTokens, int maxTokens) {
    if (output.bestOf() > maxAnswers) {
      String param = output.chooses() ? "best_of" : "n";
      throw new Invalid(
          param,
          "%s must be at most %d, the worker's max_batch_size, but is %d"
              .formatted(param, maxAnswers, output.bestOf()));
    }
    if (output.promptLogprobs() != null) {
      checkTold(
          "prompt_logprobs",
          (long) numPromptTokens * (1 + output.promptLogprobs()),
          "shorten the prompt");
    }
    if (output.logprobs() != null && !streamed) {
      long places = (long) output.n() * maxTokens;
      checkTold("logprobs", places * (1 + output.logprobs()), "lower max_tokens or n, or stream");
    }
  }

  private static void checkTold(String param, long numbers, String remedy) {
    if (numbers > MOST_TOLD) {
      throw new Invalid(
          param,
          "%s asks for up to %d log-probabilities, but a reply may hold at most %d; lower it, %s"
              .formatted(param, numbers, MOST_TOLD, remedy));
    }
  }
}
