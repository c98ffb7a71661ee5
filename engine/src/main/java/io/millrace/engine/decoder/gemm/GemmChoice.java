package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.ModelSpec;

/**
 * The choice of the GEMM decoder, which computes any step with matrix multiplications in bfloat16.
 *
 * @param gemm the multiplication of this machine
 */
public record GemmChoice(Gemm gemm) implements DecoderChoice {

  @Override
  public String label() {
    return Kernel.BRGEMM_BF16.label();
  }

  @Override
  public DecoderBuilder builder(Context context) {
    return new GemmBuilder(this, context);
  }

  /** Whether the decoder can multiply a model's shapes. */
  public static boolean takes(ModelSpec spec) {
    int qkv = (spec.heads() + 2 * spec.kvHeads()) * spec.headDim();
    return spec.headDim() % 2 == 0
        && PanelMatrix.takes(qkv, spec.hidden())
        && PanelMatrix.takes(spec.hidden(), spec.heads() * spec.headDim())
        && PanelMatrix.takes(2 * spec.intermediate(), spec.hidden())
        && PanelMatrix.takes(spec.hidden(), spec.intermediate())
        && PanelMatrix.takes(spec.vocab(), spec.hidden());
  }
}
