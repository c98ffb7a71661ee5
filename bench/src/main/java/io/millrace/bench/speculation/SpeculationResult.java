package io.millrace.bench.speculation;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * The result of one set of prompts.
 *
 * @param plain tokens a second without speculation, median of the turns
 * @param speculating the same with it
 * @param ratio median of the turns' ratios
 * @param drafts proposals, of {@code draftTokens} tokens, of which {@code acceptedTokens} were
 *     right
 * @param tokens that were made with speculation
 * @param equal answers that are the same with and without it, of {@code answers}
 */
record SpeculationResult(
    @JsonProperty("set") String set,
    @JsonProperty("copies") boolean copies,
    @JsonProperty("tokens_per_second") double plain,
    @JsonProperty("speculative_tokens_per_second") double speculating,
    @JsonProperty("ratio") double ratio,
    @JsonProperty("num_drafts") long drafts,
    @JsonProperty("num_draft_tokens") long draftTokens,
    @JsonProperty("num_accepted_tokens") long acceptedTokens,
    @JsonProperty("tokens") long tokens,
    @JsonProperty("equal_answers") int equal,
    @JsonProperty("answers") int answers) {

  static final String HEADER =
      "set            plain tok/s  with tok/s  ratio  drafts  proposed  accepted  tokens  equal";

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-13s  %11.1f  %10.1f  %5.2f  %6d  %8d  %8d  %6d  %d/%d",
        set,
        plain,
        speculating,
        ratio,
        drafts,
        draftTokens,
        acceptedTokens,
        tokens,
        equal,
        answers);
  }
}
