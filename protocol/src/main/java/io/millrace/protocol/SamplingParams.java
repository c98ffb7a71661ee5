package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The way in which the next token is chosen: what a request asks for, what a model's authors
 * recommend, or, through {@link #orElse}, one where the other says nothing. Names and meaning are
 * those of OpenAI and of transformers' GenerationConfig.
 *
 * @param temperature 0 (greedy) to 2
 * @param topP nucleus: the smallest set of tokens whose probabilities reach this sum, 0 (greedy) to
 *     1 (all)
 * @param topK only the k likeliest tokens; 0 or -1 for all
 * @param minP only tokens at least this likely relative to the likeliest, 0 (all) to 1
 * @param repetitionPenalty above 1 discourages tokens of prompt and answer (CTRL, arXiv:1909.05858)
 * @param presencePenalty subtracted once from the logit of each token of the answer, -2 to 2
 * @param frequencyPenalty subtracted for each occurrence in the answer, -2 to 2
 * @param seed equal seeds give equal draws, whoever shares the batch; -1 is none
 * @param rules for single tokens
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
public record SamplingParams(
    @Limit(min = 0, max = 2) @Nullable Double temperature,
    @Limit(min = 0, max = 1) @Nullable Double topP,
    @Limit(min = -1) @Nullable Integer topK,
    @Limit(min = 0, max = 1) @Nullable Double minP,
    @Limit(min = 0.01, max = 10) @Nullable Double repetitionPenalty,
    @Limit(min = -2, max = 2) @Nullable Double presencePenalty,
    @Limit(min = -2, max = 2) @Nullable Double frequencyPenalty,
    @Nullable Long seed,
    @JsonUnwrapped TokenRules rules) {

  private static final Limits LIMITS = Limits.of(SamplingParams.class);

  /** Nothing said: all defaults of the model. */
  public static final SamplingParams NONE =
      new SamplingParams(null, null, null, null, null, null, null, null, TokenRules.NONE);

  /** The values at which a field changes nothing; the seed is left open. */
  public static final SamplingParams NEUTRAL =
      new SamplingParams(1.0, 1.0, 0, 0.0, 1.0, 0.0, 0.0, null, TokenRules.NONE);

  /** The likeliest token at every step. */
  public static final SamplingParams GREEDY = NONE.withTemperature(0.0);

  public SamplingParams {
    seed = seed != null && seed == -1 ? null : seed;
    LIMITS.check(
        temperature,
        topP,
        topK,
        minP,
        repetitionPenalty,
        presencePenalty,
        frequencyPenalty,
        seed,
        rules);
  }

  /** The same with the defaults for what is not said here. Rules are always a request's own. */
  public SamplingParams orElse(SamplingParams defaults) {
    return new SamplingParams(
        either(temperature, defaults.temperature),
        either(topP, defaults.topP),
        either(topK, defaults.topK),
        either(minP, defaults.minP),
        either(repetitionPenalty, defaults.repetitionPenalty),
        either(presencePenalty, defaults.presencePenalty),
        either(frequencyPenalty, defaults.frequencyPenalty),
        either(seed, defaults.seed),
        rules);
  }

  private static <T> @Nullable T either(@Nullable T said, @Nullable T otherwise) {
    return said == null ? otherwise : said;
  }

  public SamplingParams withTemperature(@Nullable Double value) {
    return changed(draft -> draft.temperature = value);
  }

  public SamplingParams withTopP(@Nullable Double value) {
    return changed(draft -> draft.topP = value);
  }

  public SamplingParams withTopK(@Nullable Integer value) {
    return changed(draft -> draft.topK = value);
  }

  public SamplingParams withMinP(@Nullable Double value) {
    return changed(draft -> draft.minP = value);
  }

  public SamplingParams withRepetitionPenalty(@Nullable Double value) {
    return changed(draft -> draft.repetitionPenalty = value);
  }

  public SamplingParams withPresencePenalty(@Nullable Double value) {
    return changed(draft -> draft.presencePenalty = value);
  }

  public SamplingParams withFrequencyPenalty(@Nullable Double value) {
    return changed(draft -> draft.frequencyPenalty = value);
  }

  public SamplingParams withSeed(@Nullable Long value) {
    return changed(draft -> draft.seed = value);
  }

  public SamplingParams withRules(TokenRules value) {
    return changed(draft -> draft.rules = value);
  }

  private SamplingParams changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.params();
  }

  /** The fields while one of them is changed. */
  private static final class Draft {
    @Nullable Double temperature;
    @Nullable Double topP;
    @Nullable Integer topK;
    @Nullable Double minP;
    @Nullable Double repetitionPenalty;
    @Nullable Double presencePenalty;
    @Nullable Double frequencyPenalty;
    @Nullable Long seed;
    TokenRules rules;

    Draft(SamplingParams of) {
      temperature = of.temperature;
      topP = of.topP;
      topK = of.topK;
      minP = of.minP;
      repetitionPenalty = of.repetitionPenalty;
      presencePenalty = of.presencePenalty;
      frequencyPenalty = of.frequencyPenalty;
      seed = of.seed;
      rules = of.rules;
    }

    SamplingParams params() {
      return new SamplingParams(
          temperature,
          topP,
          topK,
          minP,
          repetitionPenalty,
          presencePenalty,
          frequencyPenalty,
          seed,
          rules);
    }
  }
}
