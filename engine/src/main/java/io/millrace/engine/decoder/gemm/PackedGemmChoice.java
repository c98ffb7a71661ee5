package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.decoder.vector.VectorChoice;
import io.millrace.engine.model.Kernel;

/**
 * The choice of the decoders of weights of int4: a single row is multiplied with vectors, and more
 * of them, by the same weights, with panels of bfloat16 that are made on the way.
 *
 * @param gemm the multiplication of this machine
 * @param oneRow the decoder of a single row
 */
public record PackedGemmChoice(Gemm gemm, VectorChoice oneRow) implements DecoderChoice {

  @Override
  public String label() {
    return oneRow.label() + ", then " + manyRowsLabel();
  }

  /** What computes steps of more than one row. */
  String manyRowsLabel() {
    return "%s of %s".formatted(Kernel.BRGEMM_BF16.label(), oneRow.format().label());
  }

  @Override
  public DecoderBuilder builder(Context context) {
    return new PackedGemmBuilder(this, context);
  }
}
