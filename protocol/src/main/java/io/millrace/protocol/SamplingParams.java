package io.millrace.protocol;

import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen. Names and meaning are those of OpenAI and of transformers'
 * GenerationConfig; a null field means the default of the served model.
 *
 * @param temperature 0 (greedy) to 2
 * @param topP nucleus: the smallest set of tokens whose probabilities reach this sum, 0 (exclusive)
 *     to 1 (all)
 * @param topK only the k likeliest tokens; 0 or -1 for all
 * @param minP only tokens at least this likely relative to the likeliest, 0 (all) to 1
 * @param repetitionPenalty above 1 discourages tokens of prompt and answer (CTRL, arXiv:1909.05858)
 * @param presencePenalty subtracted once from the logit of each token of the answer, -2 to 2
 * @param frequencyPenalty subtracted for each occurrence in the answer, -2 to 2
 * @param seed equal seeds give equal draws, whoever shares the batch
 * @param rules what is said of single tokens
 */
public record SamplingParams(
    @Nullable Double temperature,
    @Nullable Double topP,
    @Nullable Integer topK,
    @Nullable Double minP,
    @Nullable Double repetitionPenalty,
    @Nullable Double presencePenalty,
    @Nullable Double frequencyPenalty,
    @Nullable Long seed,
    TokenRules rules) {

  /** All defaults of the model. */
  public static final SamplingParams MODEL_DEFAULTS =
      new SamplingParams(null, null, null, null, null, null, null, null);

  /** The likeliest token at every step. */
  public static final SamplingParams GREEDY =
      new SamplingParams(0.0, null, null, null, null, null, null, null);

  /** Nothing said of single tokens. */
  public SamplingParams(
      @Nullable Double temperature,
      @Nullable Double topP,
      @Nullable Integer topK,
      @Nullable Double minP,
      @Nullable Double repetitionPenalty,
      @Nullable Double presencePenalty,
      @Nullable Double frequencyPenalty,
      @Nullable Long seed) {
    this(
        temperature,
        topP,
        topK,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        seed,
        TokenRules.NONE);
  }

  public SamplingParams {
    if (temperature != null) {
      Invalid.unlessBetween("temperature", temperature, 0, 2);
    }
    if (topP != null) {
      Invalid.unlessBetween("top_p", topP, 0, 1);
      if (topP == 0) {
        throw new Invalid("top_p", "top_p must be above 0 and at most 1, but is 0");
      }
    }
    if (topK != null) {
      Invalid.unlessAtLeast("top_k", topK, -1);
    }
    if (minP != null) {
      Invalid.unlessBetween("min_p", minP, 0, 1);
    }
    if (repetitionPenalty != null) {
      Invalid.unlessBetween("repetition_penalty", repetitionPenalty, 0.01, 10);
    }
    if (presencePenalty != null) {
      Invalid.unlessBetween("presence_penalty", presencePenalty, -2, 2);
    }
    if (frequencyPenalty != null) {
      Invalid.unlessBetween("frequency_penalty", frequencyPenalty, -2, 2);
    }
  }

  /** The same with another seed. */
  public SamplingParams withSeed(long newSeed) {
    return new SamplingParams(
        temperature,
        topP,
        topK,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        newSeed,
        rules);
  }
}
