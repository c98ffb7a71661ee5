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
 * @param maxInputLen a prompt; one that is answered leaves room for a token besides
 * @param maxOutputLen an answer
 * @param usualOutputLen an answer to a request that does not say
 * @param shortOutputLen an answer to a request that does not say, and asks for a short one
 * @param maxAnswers answers to one request, each of which takes a place in the batch
 */
public record EngineLimits(
    int maxModelLen,
    int maxInputLen,
    int maxOutputLen,
    int usualOutputLen,
    int shortOutputLen,
    int maxAnswers) {
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
   * @param maxOutputLen null for what the model allows; if given, it is also the length of short
   *     answers
   * @param recommendedOutputLen by the model's authors, for requests that do not say; null for none
   * @param maxBatchSize places in the batch
   */
  public static EngineLimits of(
      int maxModelLen,
      @Nullable Integer maxInputLen,
      @Nullable Integer maxOutputLen,
      @Nullable Integer recommendedOutputLen,
      int maxBatchSize) {
    int most = Math.max(1, maxModelLen - 1);
    int longest = maxOutputLen == null ? most : Math.min(maxOutputLen, most);
    return new EngineLimits(
        maxModelLen,
        maxInputLen == null ? maxModelLen : Math.min(maxInputLen, maxModelLen),
        longest,
        recommendedOutputLen == null ? longest : Math.min(recommendedOutputLen, longest),
        Math.min(most, maxOutputLen == null ? SHORT_ANSWER : maxOutputLen),
        maxBatchSize);
  }

  /**
   * The most tokens that an answer gets: unless the request or the model's authors say otherwise,
   * the rest of the context.
   *
   * @param param the field that holds the prompt
   * @param told how many tokens one reply can tell of, see {@link #told}
   * @throws Invalid if prompt or answer are too long
   */
  int outputLen(String param, int numPromptTokens, StopCriteria stop, int told) {
    int len = stop.maxTokens() == null ? told : Integer.MAX_VALUE;
    len = Math.min(len, allowedLen(param, numPromptTokens, stop));
    if (stop.minTokens() > len) {
      throw new Invalid(
          "min_tokens",
          "min_tokens must be at most %d, the most tokens of this answer, but is %d"
              .formatted(len, stop.minTokens()));
    }
    return len;
  }

  /** How long a prompt may be that leaves room for what the answer must have. */
  int longestPrompt(StopCriteria stop) {
    int answer = stop.maxTokens() == null ? Math.max(1, stop.minTokens()) : stop.maxTokens();
    return Math.max(1, Math.min(maxInputLen, maxModelLen - answer));
  }

  private int allowedLen(String param, int numPromptTokens, StopCriteria stop) {
    int longest = stop.promptOnly() ? maxInputLen : Math.min(maxInputLen, maxModelLen - 1);
    if (numPromptTokens > longest) {
      throw new Invalid(
          param,
          "%s has %d tokens; at most %d are allowed".formatted(param, numPromptTokens, longest));
    }
    int room = maxModelLen - numPromptTokens;
    if (stop.maxTokens() == null) {
      return Math.min(stop.shortAnswer() ? shortOutputLen : usualOutputLen, room);
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
   * How many tokens of each answer one reply can tell of, where its length is not said.
   *
   * @param answers that come back in one reply
   */
  static int told(OutputParams output, boolean streamed, int answers) {
    return output.logprobs() == null || streamed
        ? Integer.MAX_VALUE
        : Math.max(1, MOST_TOLD / answers / (1 + output.logprobs()));
  }

  /**
   * Refuses requests for more than a worker or a reply can hold.
   *
   * @param numPromptTokens of all prompts
   * @param maxTokens of one answer to each prompt
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
