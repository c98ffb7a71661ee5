package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Rules for single tokens, whatever the model thinks of them.
 *
 * @param noRepeatNgramSize no run of so many tokens occurs twice in prompt and answer; 0 for no
 *     such rule
 * @param forcedEosTokenIds one of these is the last token that {@code max_tokens} allows
 * @param logitBias added to the logits of some tokens by id, -100 to 100
 * @param allowedTokenIds the only tokens that may come; empty for all
 * @param badWords texts that may not come, at the beginning of a word or within one
 */
@JsonNaming(SnakeCaseStrategy.class)
public record TokenRules(
    @Limit(min = 0) @JsonInclude(Include.NON_DEFAULT) int noRepeatNgramSize,
    @JsonProperty("forced_eos_token_id")
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
        @JsonInclude(Include.NON_EMPTY)
        @Limit(items = Limit.MAX_TOKEN_IDS)
        List<Integer> forcedEosTokenIds,
    @JsonSetter(contentNulls = Nulls.SKIP) @JsonInclude(Include.NON_EMPTY)
        Map<Integer, Double> logitBias,
    @Limit(items = Limit.MAX_TOKEN_IDS) @JsonInclude(Include.NON_EMPTY)
        List<Integer> allowedTokenIds,
    @Limit(items = MAX_BAD_WORDS) @JsonInclude(Include.NON_EMPTY) List<String> badWords) {

  /** How many tokens one request may give a bias. */
  public static final int MAX_BIASED_TOKENS = 1024;

  /** How many texts one request may forbid. */
  public static final int MAX_BAD_WORDS = 256;

  private static final Limits LIMITS = Limits.of(TokenRules.class);

  /** Nothing is said. */
  public static final TokenRules NONE = new TokenRules(0, List.of(), Map.of());

  private static final double MAX_BIAS = 100;

  public TokenRules {
    forcedEosTokenIds = Lists.copyOf(forcedEosTokenIds);
    logitBias = logitBias == null ? Map.of() : Map.copyOf(logitBias);
    allowedTokenIds = Lists.copyOf(allowedTokenIds);
    badWords = Lists.copyOf(badWords);
    LIMITS.check(noRepeatNgramSize, forcedEosTokenIds, logitBias, allowedTokenIds, badWords);
    if (badWords.stream().anyMatch(String::isBlank)) {
      throw new Invalid("bad_words", "bad_words must not hold an empty string");
    }
    if (logitBias.size() > MAX_BIASED_TOKENS) {
      throw new Invalid(
          "logit_bias",
          "logit_bias may name at most %d tokens, but names %d"
              .formatted(MAX_BIASED_TOKENS, logitBias.size()));
    }
    logitBias.forEach(
        (token, bias) -> Invalid.unlessBetween("logit_bias." + token, bias, -MAX_BIAS, MAX_BIAS));
  }

  /** Rules that leave all tokens allowed. */
  public TokenRules(
      int noRepeatNgramSize, List<Integer> forcedEosTokenIds, Map<Integer, Double> logitBias) {
    this(noRepeatNgramSize, forcedEosTokenIds, logitBias, List.of(), List.of());
  }

  /** The same with these as the only tokens that may come. */
  public TokenRules withAllowedTokenIds(List<Integer> ids) {
    return new TokenRules(noRepeatNgramSize, forcedEosTokenIds, logitBias, ids, badWords);
  }

  /** The same with these as texts that may not come. */
  public TokenRules withBadWords(String... texts) {
    return new TokenRules(
        noRepeatNgramSize, forcedEosTokenIds, logitBias, allowedTokenIds, List.of(texts));
  }
}
