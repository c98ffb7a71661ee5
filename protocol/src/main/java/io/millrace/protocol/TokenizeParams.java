package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The wishes for how a prompt becomes tokens. Names and meaning are vLLM's.
 *
 * @param truncatePromptTokens only so many tokens of the prompt's end are kept; -1 for as many as
 *     the model takes, null for all
 * @param addSpecialTokens whether the tokenizer adds the tokens that stand around a text, such as a
 *     beginning of sequence; null for what is usual: around a text, but not around what a chat
 *     template wrote
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
public record TokenizeParams(
    @Limit(min = -1) @Nullable Integer truncatePromptTokens, @Nullable Boolean addSpecialTokens) {

  private static final Limits LIMITS = Limits.of(TokenizeParams.class);

  /** Nothing said. */
  public static final TokenizeParams USUAL = new TokenizeParams(null, null);

  public TokenizeParams {
    LIMITS.check(truncatePromptTokens, addSpecialTokens);
    if (truncatePromptTokens != null && truncatePromptTokens == 0) {
      throw new Invalid(
          "truncate_prompt_tokens", "truncate_prompt_tokens must be -1 or at least 1, but is 0");
    }
  }
}
