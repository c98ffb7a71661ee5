package io.millrace.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a reply tells of the prompt.
 *
 * @param text null unless the request asks for an echo
 * @param tokens empty unless the request asks for {@code prompt_logprobs}; the first one has none
 */
public record PromptReport(@Nullable String text, List<TokenLogprobs> tokens) {
  public PromptReport {
    tokens = List.copyOf(tokens);
  }
}
