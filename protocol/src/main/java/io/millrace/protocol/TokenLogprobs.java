package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The log-probabilities at one place of an answer or a prompt.
 *
 * @param token the one that stands there
 * @param textOffset where its text begins, in characters (code points) from the beginning of the
 *     answer, or of the prompt
 * @param top the likeliest ones at this place, best first
 */
@JsonNaming(SnakeCaseStrategy.class)
public record TokenLogprobs(
    @JsonUnwrapped ScoredToken token,
    int textOffset,
    @JsonProperty("top_logprobs") List<ScoredToken> top) {
  public TokenLogprobs {
    top = Lists.copyOf(top);
  }
}
