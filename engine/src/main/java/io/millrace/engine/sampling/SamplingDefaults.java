package io.millrace.engine.sampling;

import io.millrace.protocol.SamplingParams;
import org.jspecify.annotations.Nullable;

/**
 * What a request gets for the sampling fields it leaves open: a model's {@code
 * generation_config.json}, else the neutral values, at which a field changes nothing.
 *
 * @param topK 0 for all
 */
public record SamplingDefaults(
    double temperature, double topP, int topK, double minP, double repetitionPenalty) {

  public static final SamplingDefaults NEUTRAL = new SamplingDefaults(1, 1, 0, 0, 1);

  /** Fills in the open fields. */
  public Sampling resolve(SamplingParams params, long fallbackSeed) {
    int k = or(params.topK(), topK);
    return new Sampling(
        or(params.temperature(), temperature),
        or(params.topP(), topP),
        Math.max(k, 0),
        or(params.minP(), minP),
        or(params.repetitionPenalty(), repetitionPenalty),
        or(params.presencePenalty(), 0.0),
        or(params.frequencyPenalty(), 0.0),
        or(params.seed(), fallbackSeed),
        params.rules());
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
