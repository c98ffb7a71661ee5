package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.ModelSpec;

/**
 * The choice of the GEMM decoder, which computes any step with matrix multiplications in bfloat16
 * or in int8.
 *
 * @param gemm the multiplication of this machine
 * @param int8 whether weights and their inputs are int8
 */
public record GemmChoice(Gemm gemm, boolean int8) implements DecoderChoice {

  @Override
  public String label() {
    return int8 ? "brgemm-int8" : Kernel.BRGEMM_BF16.label();
  }

  @Override
  public DecoderBuilder builder(Context context) {
    return new GemmBuilder(this, context);
  }

  /** Whether the decoder can multiply a model's shapes in bfloat16. */
  public static boolean takes(ModelSpec spec) {
    int qkv = (spec.heads() + 2 * spec.kvHeads()) * spec.headDim();
    return spec.headDim() % 2 == 0
        && Bfloat16Panels.takes(qkv, spec.hidden())
        && Bfloat16Panels.takes(spec.hidden(), spec.heads() * spec.headDim())
        && Bfloat16Panels.takes(2 * spec.intermediate(), spec.hidden())
        && Bfloat16Panels.takes(spec.hidden(), spec.intermediate())
        && Bfloat16Panels.takes(spec.vocab(), spec.hidden());
  }
}
