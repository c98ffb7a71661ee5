package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a reply that tells of the prompt.
 *
 * @param index which of the request's prompts
 * @param text null unless the request asks for an echo
 * @param tokens empty unless the request asks for {@code prompt_logprobs}; the first one has none
 */
@JsonInclude(Include.NON_NULL)
public record PromptReport(
    @JsonInclude(Include.NON_DEFAULT) int index,
    @Nullable String text,
    @JsonProperty("logprobs") @JsonInclude(Include.NON_EMPTY) List<TokenLogprobs> tokens) {
  public PromptReport {
    tokens = Lists.copyOf(tokens);
  }

  /** Of the only prompt. */
  public PromptReport(@Nullable String text, List<TokenLogprobs> tokens) {
    this(0, text, tokens);
  }
}
