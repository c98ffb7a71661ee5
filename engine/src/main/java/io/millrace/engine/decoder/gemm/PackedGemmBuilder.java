package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.Decoder;
import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice.Context;
import io.millrace.engine.decoder.JavaDecoder;
import io.millrace.engine.decoder.JavaWeights;
import io.millrace.engine.decoder.JitWarmUp;
import io.millrace.engine.decoder.MatrixPacker;
import io.millrace.engine.decoder.vector.PackedMatrix;
import io.millrace.engine.decoder.vector.VectorBuilder;
import io.millrace.engine.decoder.vector.WeightFormat;
import io.millrace.engine.simd.ThreadTeam;
import java.util.ArrayList;
import java.util.List;

/** The builder of two decoders that share their weights, which lie on Java's heap. */
final class PackedGemmBuilder implements DecoderBuilder {
  private final PackedGemmChoice choice;
  private final Context context;
  private final VectorBuilder oneRow;

  PackedGemmBuilder(PackedGemmChoice choice, Context context) {
    this.choice = choice;
    this.context = context;
    this.oneRow = choice.oneRow().builder(context);
  }

  @Override
  public JavaWeights<?> weights() {
    return oneRow.weights();
  }

  @Override
  public void warmUp() {
    oneRow.warmUp();
    WeightFormat format = choice.oneRow().format();
    if (JitWarmUp.isFirst(List.of(choice.manyRowsLabel(), context.spec().headDim()))) {
      GemmBuilder.warmUp(choice.gemm(), context, panels(format), panels(format.head()));
    }
  }

  @Override
  public List<Decoder> build(JavaDecoder.Parts parts, ThreadTeam team) {
    GemmForwardPass manyRows =
        new GemmForwardPass(
            choice.gemm(),
            oneRow.weights().build().map(matrix -> new PackedPanels(choice.gemm(), matrix)),
            context.blockSize(),
            team);
    List<Decoder> decoders = new ArrayList<>(oneRow.build(parts, team));
    decoders.add(
        JavaDecoder.forAnyStep(choice.manyRowsLabel(), manyRows, PairedCache.class, parts));
    return decoders;
  }

  private MatrixPacker<PanelMatrix> panels(WeightFormat format) {
    MatrixPacker<PackedMatrix> packer = format.packer();
    return (out, in, run, order, rows) ->
        new PackedPanels(choice.gemm(), packer.pack(out, in, run, order, rows));
  }
}
