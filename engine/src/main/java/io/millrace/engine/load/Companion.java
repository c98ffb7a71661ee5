package io.millrace.engine.load;

import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.models.weights.Checkpoint;

/**
 * A model that is to be loaded beside another one, such as its draft model: what room it needs.
 *
 * @param weights number of its parameters
 */
public record Companion(ModelSpec spec, long weights) {

  /**
   * Reads what a model needs, but no weights.
   *
   * @throws UnsupportedModel if the checkpoint is none that can be run
   */
  public static Companion of(Checkpoint checkpoint) {
    return new Companion(ModelLoader.spec(checkpoint), ModelLoader.numElements(checkpoint));
  }

  /** Bytes of the cache for so many tokens, in float32. */
  public long cacheBytes(long tokens) {
    return tokens * numbersPerToken(spec) * Float.BYTES;
  }

  /** The part of both caches' bytes that is left for the other model's, for as many tokens. */
  long shareOf(ModelSpec other, long bytes) {
    double own = numbersPerToken(other);
    return (long) (bytes * (own / (own + numbersPerToken(spec))));
  }

  private static long numbersPerToken(ModelSpec spec) {
    return 2L * spec.layers() * spec.kvHeads() * spec.headDim();
  }
}
