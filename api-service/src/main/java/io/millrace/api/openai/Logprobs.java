package io.millrace.api.openai;

import io.millrace.protocol.ScoredToken;
import io.millrace.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Log-probabilities of prompts, as vLLM tells them. */
final class Logprobs {
  private Logprobs() {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Told(double logprob, int rank, String decodedToken) {}

  /** Of a token that has one. */
  static double of(ScoredToken token) {
    return token.logprob() == null ? 0 : token.logprob();
  }

  /**
   * For each token of the prompt itself and the likeliest ones by id; null for the first one.
   *
   * @param alternatives how many of the likeliest ones
   */
  static List<@Nullable Map<Integer, Told>> ofPrompt(List<TokenLogprobs> places, int alternatives) {
    List<@Nullable Map<Integer, Told>> told = new ArrayList<>();
    for (TokenLogprobs place : places) {
      told.add(place.token().logprob() == null ? null : byId(place, alternatives));
    }
    return told;
  }

  private static Map<Integer, Told> byId(TokenLogprobs place, int alternatives) {
    Map<Integer, Told> byId = new LinkedHashMap<>();
    byId.put(place.token().id(), told(place.token()));
    place.top().stream()
        .limit(alternatives)
        .forEach(token -> byId.putIfAbsent(token.id(), told(token)));
    return byId;
  }

  private static Told told(ScoredToken token) {
    return new Told(of(token), token.rank(), token.text());
  }
}
