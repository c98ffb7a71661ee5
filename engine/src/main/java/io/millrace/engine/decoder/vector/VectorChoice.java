package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.model.ModelSpec;

/**
 * The choice of the decoder with vectors.
 *
 * @param format of the packed weights
 * @param maxRows rows that are computed by the way for few, at most
 */
public record VectorChoice(WeightFormat format, int maxRows, Steps steps) implements DecoderChoice {
  /** Rows that are computed at a time where the number must not matter. */
  private static final int INVARIANT_ROWS = 8;

  /** The steps that it computes. */
  public enum Steps {
    /** Those of few sequences that decode. */
    FEW_ROWS,
    /** All: those of few rows, and all others by a way for many. */
    ALL,
    /** All, a few rows at a time, each as if alone. */
    BATCH_INVARIANT
  }

  /** The decoder of few sequences. */
  public static VectorChoice fewRows(WeightFormat format, int maxRows) {
    return new VectorChoice(format, maxRows, Steps.FEW_ROWS);
  }

  /**
   * The decoder of all steps.
   *
   * @param fewRows rows up to which the way for few is faster; 0 for none
   */
  public static VectorChoice allSteps(WeightFormat format, int fewRows) {
    return new VectorChoice(format, fewRows, Steps.ALL);
  }

  /** The decoder of all steps where a row's results must not depend on the others. */
  public static VectorChoice batchInvariant(WeightFormat format) {
    return new VectorChoice(format, INVARIANT_ROWS, Steps.BATCH_INVARIANT);
  }

  @Override
  public String label() {
    return switch (steps) {
      case FEW_ROWS ->
          "vectors of %s up to %s"
              .formatted(format.label(), maxRows == 1 ? "1 row" : maxRows + " rows");
      case ALL -> "vectors of %s for every step".formatted(format.label());
      case BATCH_INVARIANT ->
          "vectors of %s for every step, batch-invariant".formatted(format.label());
    };
  }

  @Override
  public DecoderBuilder builder(Context context) {
    return new VectorBuilder(this, context);
  }

  /** Whether the format can keep weights of a model's shapes. */
  public boolean takes(ModelSpec spec) {
    return format.takes(spec.hidden())
        && format.takes(spec.intermediate())
        && format.takes(spec.heads() * spec.headDim());
  }

  /** Bytes of Java's heap that a model's weights take. */
  public long heapBytes(ModelSpec spec) {
    long attention = (long) spec.headDim() * (2L * spec.heads() + 2L * spec.kvHeads());
    long layer = spec.hidden() * (attention + 3L * spec.intermediate());
    long weights = spec.layers() * layer + (long) spec.vocab() * spec.hidden();
    return weights * format.bits() / Byte.SIZE;
  }
}
