package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.BatchInvariantDecoder;
import io.millrace.engine.decoder.Decoder;
import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice.Context;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.JavaDecoder;
import io.millrace.engine.decoder.JavaWeights;
import io.millrace.engine.decoder.JitWarmUp;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.MatrixPacker;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.ThreadTeam;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The builder of the vector decoder, whose weights lie on Java's heap. */
final class VectorBuilder implements DecoderBuilder {
  /** Width of the warm-up's model. */
  private static final int WARM_HIDDEN = 8;

  private static final int WARM_CONTEXT = 100;
  private static final int[] WARM_ROWS = {1, 2, 8};

  private final VectorChoice choice;
  private final Context context;
  private final MatrixPacker<PackedMatrix> packer;
  private final JavaWeights<PackedMatrix> weights;

  VectorBuilder(VectorChoice choice, Context context) {
    this.choice = choice;
    this.context = context;
    this.packer = (out, in, run, order, rows) -> choice.format().pack(out, in, order, rows);
    this.weights = new JavaWeights<>(context.spec(), packer, choice.format() == WeightFormat.INT8);
  }

  @Override
  public JavaWeights<?> weights() {
    return weights;
  }

  @Override
  public void warmUp() {
    int blocks = WARM_CONTEXT / context.blockSize() + 1;
    try (ThreadTeam team = new ThreadTeam(JitWarmUp.THREADS)) {
      VectorForwardPass pass =
          new VectorForwardPass(
              JitWarmUp.weights(
                  DecoderShape.of(context.spec()),
                  WARM_HIDDEN * Lanes.COUNT,
                  WARM_CONTEXT + 1,
                  packer),
              context.blockSize(),
              choice.maxRows(),
              choice.batchInvariant(),
              team);
      LayerCache cache = cache(blocks);
      Span token = new Span(WARM_CONTEXT, 1, new int[blocks]);
      for (int rows : WARM_ROWS) {
        if (rows <= choice.maxRows()) {
          int[] all = IntStream.range(0, rows).toArray();
          List<Span> spans = Collections.nCopies(rows, token);
          JitWarmUp.run(pass, new StepInput(spans, new int[rows], all), List.of(cache));
        }
      }
    }
  }

  @Override
  public Decoder build(JavaDecoder.Parts parts, ThreadTeam team) {
    VectorForwardPass pass =
        new VectorForwardPass(
            weights.build(), context.blockSize(), choice.maxRows(), choice.batchInvariant(), team);
    if (choice.batchInvariant()) {
      return new BatchInvariantDecoder(choice.label(), choice.maxRows(), pass, parts);
    }
    return JavaDecoder.forFewRows(choice.label(), choice.maxRows(), pass, LayerCache.class, parts);
  }

  /**
   * A cache for the warm-up, of the kind that the real one is, with as much memory as float32
   * takes.
   */
  private LayerCache cache(int blocks) {
    int headDim = context.spec().headDim();
    int bytes = blocks * context.blockSize() * headDim * Float.BYTES;
    return context
        .layers()
        .of(
            ByteBuffer.allocateDirect(bytes),
            ByteBuffer.allocateDirect(bytes),
            1,
            context.blockSize(),
            headDim);
  }
}
