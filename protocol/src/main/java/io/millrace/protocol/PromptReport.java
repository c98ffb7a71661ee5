package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The part of a reply that tells of the prompt.
 *
 * @param index which of the request's prompts
 * @param text null unless the request asks for an echo
 * @param tokens empty unless the request asks for {@code prompt_logprobs}; the first one has none
 * @param tokenIds empty unless the request asks for {@code return_token_ids}
 * @param tokenStrs what each token adds to a text, U+FFFD for bytes that are no whole character;
 *     empty unless the request asks for {@code return_token_strs}
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
public record PromptReport(
    @JsonInclude(Include.NON_DEFAULT) int index,
    @Nullable String text,
    @JsonProperty("logprobs") @JsonInclude(Include.NON_EMPTY) List<TokenLogprobs> tokens,
    @JsonInclude(Include.NON_EMPTY) List<Integer> tokenIds,
    @JsonInclude(Include.NON_EMPTY) List<String> tokenStrs) {
  public PromptReport {
    tokens = Lists.copyOf(tokens);
    tokenIds = Lists.copyOf(tokenIds);
    tokenStrs = Lists.copyOf(tokenStrs);
  }

  /** Without its tokens. */
  public PromptReport(int index, @Nullable String text, List<TokenLogprobs> tokens) {
    this(index, text, tokens, List.of(), List.of());
  }

  /** Of the only prompt. */
  public PromptReport(@Nullable String text, List<TokenLogprobs> tokens) {
    this(0, text, tokens);
  }
}
