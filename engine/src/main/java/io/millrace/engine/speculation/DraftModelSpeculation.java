package io.millrace.engine.speculation;

/**
 * The settings of speculation by a draft model (Leviathan et al., arXiv:2211.17192; Chen et al.,
 * arXiv:2302.01318), with vLLM's names.
 *
 * @param model a folder, a file or a model card of a smaller model with the same tokens
 * @param numSpeculativeTokens most tokens that are proposed at once
 * @param disableByBatchSize nothing is proposed while more sequences than so many share a step
 * @param sampling how the draft model chooses its tokens
 */
public record DraftModelSpeculation(
    String model, int numSpeculativeTokens, int disableByBatchSize, DraftSampling sampling)
    implements SpeculationSettings {

  /** How a draft model chooses the tokens that it proposes. */
  public enum DraftSampling {
    /** The likeliest, whatever the request asks for. */
    GREEDY,
    /**
     * As the request asks for, and by the random draw that its own model makes at that position:
     * the more alike both models are, the more often both draw the same.
     */
    PROBABILISTIC
  }

  public DraftModelSpeculation {
    if (model.isBlank()) {
      throw new IllegalArgumentException("model must be a folder, a file or a model card");
    }
    SpeculationSettings.requireBetween(
        "num_speculative_tokens", 1, MOST_TOKENS, numSpeculativeTokens);
    SpeculationSettings.requireBetween(
        "disable_by_batch_size", 1, Integer.MAX_VALUE, disableByBatchSize);
  }
}
