package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.model.ModelSpec;

/**
 * The choice of the vector decoder, which decodes few sequences.
 *
 * @param format of the packed weights
 * @param maxRows sequences that are decoded at once, at most
 * @param batchInvariant whether it computes any step, so many rows at a time, each as if alone
 */
public record VectorChoice(WeightFormat format, int maxRows, boolean batchInvariant)
    implements DecoderChoice {
  /** Rows that are computed at a time where the number must not matter. */
  private static final int INVARIANT_ROWS = 8;

  /** The decoder of all steps where a row's results must not depend on the others. */
  public static VectorChoice batchInvariant(WeightFormat format) {
    return new VectorChoice(format, INVARIANT_ROWS, true);
  }

  @Override
  public String label() {
    if (batchInvariant) {
      return "vectors of %s for every step, batch-invariant".formatted(format.label());
    }
    return "vectors of %s up to %s"
        .formatted(format.label(), maxRows == 1 ? "1 row" : maxRows + " rows");
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
