package io.millrace.api.openai;

import io.millrace.protocol.ScoredToken;
import io.millrace.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** The log-probabilities of a completion, or of a piece of it: columns of equal length. */
@JsonNaming(SnakeCaseStrategy.class)
record TextLogprobs(
    List<Integer> textOffset,
    List<@Nullable Double> tokenLogprobs,
    List<String> tokens,
    List<@Nullable Map<String, Double>> topLogprobs) {

  private TextLogprobs() {
    this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /**
   * Columns of a prompt's places, if it is echoed, and an answer's.
   *
   * @param alternatives how many of the likeliest tokens are told
   * @param shift how many characters stand before the answer
   */
  static @Nullable TextLogprobs of(
      List<TokenLogprobs> prompt, List<TokenLogprobs> answer, int alternatives, int shift) {
    if (prompt.isEmpty() && answer.isEmpty()) {
      return null;
    }
    TextLogprobs columns = new TextLogprobs();
    prompt.forEach(place -> columns.add(place, alternatives, 0));
    answer.forEach(place -> columns.add(place, alternatives, shift));
    return columns;
  }

  private void add(TokenLogprobs place, int alternatives, int shift) {
    textOffset.add(shift + place.textOffset());
    tokenLogprobs.add(place.token().logprob());
    tokens.add(spelling(place.token()));
    topLogprobs.add(place.token().logprob() == null ? null : byToken(place, alternatives));
  }

  /** The likeliest ones, and the one that was taken if it is not among them. */
  private static Map<String, Double> byToken(TokenLogprobs place, int alternatives) {
    Map<String, Double> byToken = new LinkedHashMap<>();
    place.top().stream()
        .limit(alternatives)
        .forEach(token -> byToken.putIfAbsent(spelling(token), Logprobs.of(token)));
    byToken.putIfAbsent(spelling(place.token()), Logprobs.of(place.token()));
    return byToken;
  }

  /** Bytes that are no whole character are spelled as OpenAI spells them. */
  private static String spelling(ScoredToken token) {
    return token.partialBytes() == null
        ? token.text()
        : token.partialBytes().stream()
            .map("\\x%02x"::formatted)
            .collect(Collectors.joining("", "bytes:", ""));
  }
}
