package io.millrace.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What comes back: how many answers, and what is told beside their text.
 *
 * @param n answers to the same prompt, at most {@link #MAX_ANSWERS}
 * @param bestOf how many are generated, of which the {@code n} best by mean log-probability come
 *     back; at least {@code n}
 * @param logprobs how many of the likeliest tokens are told at each place of the answer, besides
 *     the one that was taken; null for no log-probabilities at all
 * @param promptLogprobs the same for each place of the prompt
 * @param echo whether the prompt's text is told
 */
public record OutputParams(
    int n, int bestOf, @Nullable Integer logprobs, @Nullable Integer promptLogprobs, boolean echo) {

  /** Of {@code n} and {@code best_of}. */
  public static final int MAX_ANSWERS = 128;

  /** How many of the likeliest tokens can be told. */
  public static final int MAX_LOGPROBS = 20;

  /** One answer's text. */
  public static final OutputParams TEXT = new OutputParams(1, 1, null, null, false);

  public OutputParams {
    Invalid.unlessBetween("n", n, 1, MAX_ANSWERS);
    Invalid.unlessBetween("best_of", bestOf, 1, MAX_ANSWERS);
    if (bestOf < n) {
      throw new Invalid(
          "best_of", "best_of must be at least n, which is %d, but is %d".formatted(n, bestOf));
    }
    if (logprobs != null) {
      Invalid.unlessBetween("logprobs", logprobs, 0, MAX_LOGPROBS);
    }
    if (promptLogprobs != null) {
      Invalid.unlessBetween("prompt_logprobs", promptLogprobs, 0, MAX_LOGPROBS);
    }
  }

  /** Whether only the best of the answers come back, so that none is known before all are. */
  public boolean chooses() {
    return bestOf > n;
  }

  /** Whether the prompt comes back in some form. */
  public boolean tellsPrompt() {
    return echo || promptLogprobs != null;
  }
}
