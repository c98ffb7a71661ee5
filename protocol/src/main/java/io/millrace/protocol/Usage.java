package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The cost of an answer in tokens, as OpenAI counts them.
 *
 * @param promptTokens of the prompt, or of all prompts of a batch
 * @param completionTokens of all answers
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Usage(int promptTokens, int completionTokens) {
  /** Both together. */
  @JsonProperty("total_tokens")
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
