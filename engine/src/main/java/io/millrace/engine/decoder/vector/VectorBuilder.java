package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.BatchInvariantDecoder;
import io.millrace.engine.decoder.Decoder;
import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice.Context;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.DecoderWeights;
import io.millrace.engine.decoder.JavaDecoder;
import io.millrace.engine.decoder.JavaWeights;
import io.millrace.engine.decoder.JitWarmUp;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.MatrixPacker;
import io.millrace.engine.decoder.Span;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.decoder.vector.VectorChoice.Steps;
import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.ThreadTeam;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** The builder of the decoders with vectors, whose weights lie on Java's heap. */
final class VectorBuilder implements DecoderBuilder {
  /** Width of the warm-up's model. */
  private static final int WARM_HIDDEN = 8;

  private static final int WARM_CONTEXT = 100;
  private static final int[] WARM_ROWS = {1, 2, 8};

  /** Tokens of the warm-up's prompts, such that groups of each size are computed. */
  private static final int[] WARM_PROMPTS = {24, 22};

  private static final int WARM_DECODED = 8;

  private final VectorChoice choice;
  private final Context context;
  private final MatrixPacker<PackedMatrix> packer;
  private final MatrixPacker<PackedMatrix> headPacker;
  private final JavaWeights<PackedMatrix> weights;

  VectorBuilder(VectorChoice choice, Context context) {
    this.choice = choice;
    this.context = context;
    this.packer = choice.format().packer();
    this.headPacker = choice.format().head().packer();
    this.weights =
        new JavaWeights<>(context.spec(), packer, headPacker, choice.format().quantization());
  }

  @Override
  public JavaWeights<?> weights() {
    return weights;
  }

  @Override
  public void warmUp() {
    if (!JitWarmUp.isFirst(List.of(choice, context.spec().headDim()))) {
      return;
    }
    DecoderWeights<PackedMatrix> small =
        JitWarmUp.weights(
            DecoderShape.of(context.spec()),
            WARM_HIDDEN * Lanes.COUNT,
            WARM_CONTEXT + 1,
            packer,
            headPacker);
    LayerCache cache = cache(WARM_CONTEXT / context.blockSize() + 1);
    try (ThreadTeam team = new ThreadTeam(JitWarmUp.THREADS)) {
      VectorForwardPass pass = fewRows(small, team);
      for (int rows : WARM_ROWS) {
        if (rows <= choice.fewRows()) {
          JitWarmUp.run(pass, step(rows, 0), List.of(cache));
        }
      }
      if (choice.hasWayForMany()) {
        BatchForwardPass batch = new BatchForwardPass(small, context.blockSize(), team);
        for (int tokens : WARM_PROMPTS) {
          JitWarmUp.run(batch, step(WARM_DECODED, tokens), List.of(cache));
        }
      }
    }
  }

  @Override
  public List<Decoder> build(JavaDecoder.Parts parts, ThreadTeam team) {
    DecoderWeights<PackedMatrix> all = weights.build();
    List<Decoder> decoders = new ArrayList<>();
    if (choice.fewRows() > 0) {
      VectorForwardPass few = fewRows(all, team);
      String label = choice.fewRowsLabel();
      decoders.add(
          choice.steps() == Steps.BATCH_INVARIANT
              ? new BatchInvariantDecoder(label, choice.fewRows(), few, parts)
              : JavaDecoder.forDecode(label, choice.fewRows(), few, LayerCache.class, parts));
    }
    if (choice.hasWayForMany()) {
      BatchForwardPass many = new BatchForwardPass(all, context.blockSize(), team);
      decoders.add(
          choice.steps() == Steps.ALL
              ? JavaDecoder.forAnyStep(choice.label(), many, LayerCache.class, parts)
              : JavaDecoder.forDecode(
                  choice.label(), choice.maxRows(), many, LayerCache.class, parts));
    }
    return decoders;
  }

  private VectorForwardPass fewRows(DecoderWeights<PackedMatrix> of, ThreadTeam team) {
    boolean invariant = choice.steps() == Steps.BATCH_INVARIANT;
    return new VectorForwardPass(of, context.blockSize(), choice.fewRows(), invariant, team);
  }

  /** A step of sequences that decode at the end of the context, and of a prompt. */
  private StepInput step(int decoded, int prompt) {
    int[] table = new int[WARM_CONTEXT / context.blockSize() + 1];
    List<Span> spans =
        new ArrayList<>(Collections.nCopies(decoded, new Span(WARM_CONTEXT, 1, table)));
    if (prompt > 0) {
      spans.add(new Span(WARM_CONTEXT - prompt, prompt, table));
    }
    int[] wanted = IntStream.range(0, decoded).toArray();
    return new StepInput(spans, new int[decoded + prompt], wanted);
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
