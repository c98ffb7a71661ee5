package io.millrace.api.openai;

import io.millrace.protocol.ScoredToken;
import io.millrace.protocol.TokenLogprobs;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** The log-probabilities of a chat's answer, or of a piece of it. */
record ChatLogprobs(List<Place> content, @Nullable Object refusal) {

  @JsonNaming(SnakeCaseStrategy.class)
  record Place(String token, double logprob, List<Integer> bytes, List<Alternative> topLogprobs) {}

  record Alternative(String token, double logprob, List<Integer> bytes) {
    static Alternative of(ScoredToken token) {
      return new Alternative(token.text(), Logprobs.of(token), token.bytes());
    }
  }

  static @Nullable ChatLogprobs of(List<TokenLogprobs> places) {
    return places.isEmpty()
        ? null
        : new ChatLogprobs(places.stream().map(ChatLogprobs::place).toList(), null);
  }

  private static Place place(TokenLogprobs place) {
    ScoredToken token = place.token();
    return new Place(
        token.text(),
        Logprobs.of(token),
        token.bytes(),
        place.top().stream().map(Alternative::of).toList());
  }
}
