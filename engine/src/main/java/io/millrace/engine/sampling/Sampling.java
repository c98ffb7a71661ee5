package io.millrace.engine.sampling;

import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.TokenRules;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sampling parameters of one sequence, with nothing left open.
 *
 * @param params no field of which is null
 */
public record Sampling(SamplingParams params) {

  /** Greedy sampling: the likeliest token at every step. */
  public static final Sampling GREEDY = of(SamplingParams.GREEDY, 0);

  /** The parameters of a request, neutral where it says nothing. */
  public static Sampling of(SamplingParams asked, long fallbackSeed) {
    return of(asked, SamplingParams.NONE, fallbackSeed);
  }

  /**
   * The parameters of a request; where it says nothing, those that the model's authors recommend;
   * where they say nothing either, the value at which a field changes nothing.
   *
   * @param fallbackSeed of a request that names none
   */
  public static Sampling of(SamplingParams asked, SamplingParams recommended, long fallbackSeed) {
    return new Sampling(
        asked.orElse(recommended).orElse(SamplingParams.NEUTRAL.withSeed(fallbackSeed)));
  }

  /** One of the parameters. */
  public <T> T get(Function<SamplingParams, @Nullable T> field) {
    return Objects.requireNonNull(field.apply(params));
  }

  /** The rules for single tokens. */
  public TokenRules rules() {
    return params.rules();
  }

  /** Whether the likeliest token is taken. */
  public boolean isGreedy() {
    return get(SamplingParams::temperature) == 0
        || get(SamplingParams::topK) == 1
        || get(SamplingParams::topP) == 0;
  }

  /** Whether tokens that occurred are penalized. */
  public boolean isPenalized() {
    return get(SamplingParams::repetitionPenalty) != 1
        || get(SamplingParams::presencePenalty) != 0
        || get(SamplingParams::frequencyPenalty) != 0;
  }

  /** These parameters with the seed of one of several answers to the prompt. */
  public Sampling forAnswer(int index) {
    long seed = CounterBasedRandom.seedOf(get(SamplingParams::seed), index);
    return new Sampling(params.withSeed(seed));
  }
}
