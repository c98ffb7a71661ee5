package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.Decoder;
import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice.Context;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.DecoderWeights;
import io.millrace.engine.decoder.EmbeddingTable;
import io.millrace.engine.decoder.JavaDecoder;
import io.millrace.engine.decoder.JavaWeights;
import io.millrace.engine.decoder.JitWarmUp;
import io.millrace.engine.decoder.MatrixPacker;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.simd.ThreadTeam;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The builder of the GEMM decoder, whose weights lie in native memory. */
final class GemmBuilder implements DecoderBuilder {
  /** Width of the warm-up's model. */
  private static final int WARM_WIDTH = 128;

  /** Tokens of the warm-up's prompt, and its number of sequences. */
  private static final int WARM_TOKENS = 16;

  private final GemmChoice choice;
  private final Context context;
  private final JavaWeights<PanelMatrix> weights;

  GemmBuilder(GemmChoice choice, Context context) {
    this.choice = choice;
    this.context = context;
    this.weights = newWeights(packer(context.memory()));
  }

  @Override
  public JavaWeights<?> weights() {
    return weights;
  }

  @Override
  public boolean readsHeadBack() {
    return !choice.int8();
  }

  @Override
  public EmbeddingTable head() {
    Bfloat16Panels head = (Bfloat16Panels) weights.head().matrix();
    return tokens -> {
      float[] rows = new float[tokens.length * head.in()];
      for (int i = 0; i < tokens.length; i++) {
        head.readRow(tokens[i], rows, i * head.in());
      }
      return rows;
    };
  }

  @Override
  public void warmUp() {
    if (!JitWarmUp.isFirst(List.of(choice.label(), context.spec().headDim()))) {
      return;
    }
    DecoderShape shape = DecoderShape.of(context.spec());
    MatrixPacker<PanelMatrix> packer = packer(ByteBuffer::allocateDirect);
    DecoderWeights<PanelMatrix> small =
        JitWarmUp.weights(shape, WARM_WIDTH, WARM_TOKENS, packer, packer);
    try (ThreadTeam team = new ThreadTeam(JitWarmUp.THREADS)) {
      GemmForwardPass pass = new GemmForwardPass(choice.gemm(), small, context.blockSize(), team);
      int[] table = new int[WARM_TOKENS];
      List<Span> spans = new ArrayList<>(List.of(new Span(0, WARM_TOKENS, table)));
      for (int i = 0; i < WARM_TOKENS; i++) {
        spans.add(new Span(WARM_TOKENS - 1, 1, table));
      }
      int[] wanted = {0, WARM_TOKENS};
      StepInput step = new StepInput(spans, new int[2 * WARM_TOKENS], wanted);
      JitWarmUp.run(pass, step, List.of(cache()));
    }
  }

  @Override
  public List<Decoder> build(JavaDecoder.Parts parts, ThreadTeam team) {
    GemmForwardPass pass =
        new GemmForwardPass(choice.gemm(), weights.build(), context.blockSize(), team);
    return List.of(JavaDecoder.forAnyStep(choice.label(), pass, PairedCache.class, parts));
  }

  private JavaWeights<PanelMatrix> newWeights(MatrixPacker<PanelMatrix> packer) {
    Quantization own = choice.int8() ? Quantization.INT8 : Quantization.NONE;
    return new JavaWeights<>(context.spec(), packer, packer, own);
  }

  private MatrixPacker<PanelMatrix> packer(IntFunction<ByteBuffer> memory) {
    if (choice.int8()) {
      return (out, in, run, order, rows) ->
          new Int8Panels(choice.gemm(), out, in, order, rows, memory);
    }
    return (out, in, run, order, rows) ->
        new Bfloat16Panels(choice.gemm(), out, in, run, order, rows, memory);
  }

  private PairedCache cache() {
    int headDim = context.spec().headDim();
    int bytes = WARM_TOKENS * context.blockSize() * headDim * Short.BYTES;
    return new PairedCache(
        choice.gemm(),
        ByteBuffer.allocateDirect(bytes),
        ByteBuffer.allocateDirect(bytes),
        1,
        context.blockSize(),
        headDim);
  }
}
