package io.millrace.protocol;

import java.util.List;
import java.util.Map;

/**
 * What is said of single tokens, whatever the model thinks of them.
 *
 * @param noRepeatNgramSize no run of so many tokens occurs twice in prompt and answer; 0 for no
 *     such rule
 * @param forcedEosTokenIds one of these is the last token that {@code max_tokens} allows
 * @param logitBias added to the logits of some tokens by id, -100 to 100
 */
public record TokenRules(
    int noRepeatNgramSize, List<Integer> forcedEosTokenIds, Map<Integer, Double> logitBias) {

  /** How many tokens one request may give a bias. */
  public static final int MAX_BIASED_TOKENS = 1024;

  /** Nothing is said. */
  public static final TokenRules NONE = new TokenRules(0, List.of(), Map.of());

  private static final double MAX_BIAS = 100;

  public TokenRules {
    forcedEosTokenIds = List.copyOf(forcedEosTokenIds);
    logitBias = Map.copyOf(logitBias);
    Invalid.unlessAtLeast("no_repeat_ngram_size", noRepeatNgramSize, 0);
    if (logitBias.size() > MAX_BIASED_TOKENS) {
      throw new Invalid(
          "logit_bias",
          "logit_bias may name at most %d tokens, but names %d"
              .formatted(MAX_BIASED_TOKENS, logitBias.size()));
    }
    logitBias.forEach(
        (token, bias) -> Invalid.unlessBetween("logit_bias." + token, bias, -MAX_BIAS, MAX_BIAS));
  }
}
