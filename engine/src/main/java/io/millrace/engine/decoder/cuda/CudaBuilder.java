package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.decoder.Decoder;
import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice.Context;
import io.millrace.engine.decoder.EmbeddingTable;
import io.millrace.engine.decoder.JavaDecoder;
import io.millrace.engine.decoder.JavaWeights;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.simd.ThreadTeam;
import java.util.List;
import java.util.stream.IntStream;

/** The builder of the CUDA decoder, whose weights go to the device while they are read. */
final class CudaBuilder implements DecoderBuilder {
  private final CudaChoice choice;
  private final Context context;
  private final MatrixUpload upload;
  private final JavaWeights<CudaMatrix> weights;

  CudaBuilder(CudaChoice choice, Context context) {
    this.choice = choice;
    this.context = context;
    this.upload = new MatrixUpload(choice.device(), choice.type());
    this.weights = new JavaWeights<>(context.spec(), upload);
  }

  @Override
  public JavaWeights<?> weights() {
    return weights;
  }

  /** Has the kernels compiled, if they are not from an earlier start. */
  @Override
  public void warmUp() {
    choice.device().prepare(choice.kernels(context.spec()));
  }

  @Override
  public List<Decoder> build(JavaDecoder.Parts parts, ThreadTeam team) {
    CudaDevice device = choice.device();
    CudaKvCache cache = (CudaKvCache) parts.cache();
    device.load(choice.kernels(context.spec()));
    CudaWeights all = CudaWeights.of(weights.build(), embedding(parts.embedding()), upload);
    CudaAttention attention =
        new CudaAttention(device, all.shape(), choice.type(), cache, all.slopes());
    StepBuffers.Size size = size(attention.tiling());
    StepBuffers buffers =
        StepBuffers.allocate(device, choice.type(), all, size, attention.partFloats());
    CudaForwardPass pass =
        new CudaForwardPass(device, choice.type(), all, cache, attention, buffers);
    return List.of(
        new CudaDecoder(
            choice.label(),
            device,
            pass,
            attention.tiling(),
            buffers,
            size,
            all.head().matrix(),
            parts.sampler()));
  }

  private long embedding(EmbeddingTable table) {
    ModelSpec spec = context.spec();
    return upload.uploadRows(
        spec.vocab(),
        spec.hidden(),
        (first, count) -> table.rows(IntStream.range(first, first + count).toArray()));
  }

  /** Every row may be a sequence with a table of its own, as long as there are sequences. */
  private StepBuffers.Size size(StepNumbers.Tiling tiling) {
    int rows = Math.max(choice.maxRows(), choice.maxSequences());
    int table = (context.spec().maxPositions() - 1) / context.blockSize() + 1;
    int tiles = rows * ((tiling.group() - 1) / DecoderKernels.EIGHT + 1);
    long ints =
        4L * rows + (long) StepLayout.TILE_INTS * tiles + (long) choice.maxSequences() * table;
    return new StepBuffers.Size(rows, choice.maxSequences(), Math.toIntExact(ints));
  }
}
