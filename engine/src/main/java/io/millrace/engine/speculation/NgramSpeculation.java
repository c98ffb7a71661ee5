package io.millrace.engine.speculation;

/**
 * The settings of speculation by n-grams (prompt lookup decoding, Saxena 2023), with vLLM's names
 * and meaning.
 *
 * @param numSpeculativeTokens most tokens that are proposed at once
 * @param promptLookupMax longest run of last tokens that is looked for in what was before
 * @param promptLookupMin shortest one
 * @param disableByBatchSize nothing is proposed while more sequences than so many share a step
 */
public record NgramSpeculation(
    int numSpeculativeTokens, int promptLookupMax, int promptLookupMin, int disableByBatchSize)
    implements SpeculationSettings, Speculation {
  /** Length of the run if nothing is said about it: vLLM's. */
  public static final int DEFAULT_LOOKUP = 5;

  public NgramSpeculation {
    SpeculationSettings.requireBetween(
        "num_speculative_tokens", 1, MOST_TOKENS, numSpeculativeTokens);
    SpeculationSettings.requireBetween("prompt_lookup_max", 1, MOST_TOKENS, promptLookupMax);
    SpeculationSettings.requireBetween("prompt_lookup_min", 1, promptLookupMax, promptLookupMin);
    SpeculationSettings.requireBetween(
        "disable_by_batch_size", 1, Integer.MAX_VALUE, disableByBatchSize);
  }

  @Override
  public Speculator speculator(int[] prompt) {
    return new NgramSpeculator(this, prompt);
  }
}
