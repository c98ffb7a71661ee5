package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.model.ModelSpec;

/**
 * The choice of the decoder with vectors.
 *
 * @param format of the packed weights
 * @param maxRows rows of a step that decodes, at most, unless it computes all steps
 * @param fewRows rows up to which a step is computed by the way for few, which is faster then; 0
 *     for none
 */
public record VectorChoice(WeightFormat format, int maxRows, int fewRows, Steps steps)
    implements DecoderChoice {
  /** Rows that are computed at a time where the number must not matter. */
  private static final int INVARIANT_ROWS = 8;

  /** The steps that it computes. */
  public enum Steps {
    /** Those of sequences that decode. */
    DECODE,
    /** All. */
    ALL,
    /** All, a few rows at a time, each as if alone. */
    BATCH_INVARIANT
  }

  /**
   * The decoder of up to {@code maxRows} sequences that decode.
   *
   * @param fewRows see the record
   */
  public static VectorChoice decode(WeightFormat format, int maxRows, int fewRows) {
    int few = Math.min(format.mostFewRows(), Math.min(fewRows, maxRows));
    return new VectorChoice(format, maxRows, few, Steps.DECODE);
  }

  /**
   * The decoder of all steps.
   *
   * @param fewRows see the record
   */
  public static VectorChoice allSteps(WeightFormat format, int fewRows) {
    int few = Math.min(format.mostFewRows(), fewRows);
    return new VectorChoice(format, Integer.MAX_VALUE, few, Steps.ALL);
  }

  /** The decoder of all steps where a row's results must not depend on the others. */
  public static VectorChoice batchInvariant(WeightFormat format) {
    return new VectorChoice(format, Integer.MAX_VALUE, INVARIANT_ROWS, Steps.BATCH_INVARIANT);
  }

  /** Whether some steps are computed by the way for many rows. */
  boolean hasWayForMany() {
    return steps != Steps.BATCH_INVARIANT && fewRows < maxRows;
  }

  @Override
  public String label() {
    return switch (steps) {
      case DECODE -> label(maxRows);
      case ALL -> "vectors of %s for every step".formatted(format.label());
      case BATCH_INVARIANT ->
          "vectors of %s for every step, batch-invariant".formatted(format.label());
    };
  }

  private String label(int rows) {
    return "vectors of %s up to %s".formatted(format.label(), rows == 1 ? "1 row" : rows + " rows");
  }

  /** What computes steps of few rows. */
  String fewRowsLabel() {
    return steps == Steps.BATCH_INVARIANT ? label() : label(fewRows);
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
    double layers = (double) spec.layers() * layer * format.bits();
    double head = (double) spec.vocab() * spec.hidden() * format.head().bits();
    return (long) ((layers + head) / Byte.SIZE);
  }
}
