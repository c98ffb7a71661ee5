package io.millrace.engine.decoder.cuda;

import static io.millrace.engine.decoder.cuda.DecoderKernels.CHUNK;
import static io.millrace.engine.decoder.cuda.DecoderKernels.EIGHT;
import static io.millrace.engine.decoder.cuda.DecoderKernels.LINEAR_THREADS;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.Grid;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.cuda.Product;
import io.millrace.engine.decoder.DecoderShape;
import io.millrace.engine.decoder.cuda.CudaWeights.Layer;
import io.millrace.engine.decoder.cuda.CudaWeights.Part;

/**
 * The launches of a step. Up to eight rows are multiplied by kernels that do what comes before and
 * after, too; more by the library, and what comes between are kernels of their own.
 */
final class CudaForwardPass {
  /** Blocks for each multiprocessor, so that one computes while another one waits for memory. */
  private static final int BLOCKS = 2;

  private static final int STAGE_THREADS = 256;

  private final CudaDevice device;
  private final NumberType type;
  private final CudaWeights weights;
  private final DecoderShape shape;
  private final CudaKvCache cache;
  private final StepBuffers buffers;
  private final CudaAttention attention;

  /** Numbers from row to row of normalised rows in shared memory. */
  private final int sharedStride;

  private final int fewRows;

  CudaForwardPass(
      CudaDevice device,
      NumberType type,
      CudaWeights weights,
      CudaKvCache cache,
      CudaAttention attention,
      StepBuffers buffers) {
    this.device = device;
    this.type = type;
    this.weights = weights;
    this.shape = weights.shape();
    this.cache = cache;
    this.attention = attention;
    this.buffers = buffers;
    int stride = weights.head().matrix().stride();
    // An odd number of chunks, so that neighbouring rows lie in different banks.
    this.sharedStride = stride / CHUNK % 2 == 0 ? stride + CHUNK : stride;
    int shared = device.properties().sharedBytes() - DecoderKernels.LINEAR_SHARED_BYTES;
    this.fewRows = Math.min(EIGHT, shared / (sharedStride * type.bytes()));
  }

  /** Most rows that are multiplied by kernels of our own. */
  int fewRows() {
    return fewRows;
  }

  /** Asks for a whole step, whose numbers are in the input. */
  void run(StepLayout step) {
    int rows = step.rows();
    device.launch(
        "embed",
        Grid.of(rows, STAGE_THREADS),
        weights.embedding(),
        input(step.tokens()),
        buffers.x(),
        shape.hidden());
    for (int i = 0; i < weights.layers().size(); i++) {
      Layer layer = weights.layers().get(i);
      // x += output(attention(turned(qkv(norm(x)))))
      heads(step, layer, i); // [rows, heads, head], and the cache
      attention.run(step, buffers, i, layer.output().matrix().stride()); // [rows, heads * headDim]
      residual(layer.output(), buffers.attended(), rows); // [rows, hidden]
      // x += down(silu(gate(norm(x))) * up(norm(x)))
      gated(layer, rows); // [rows, intermediate]
      residual(layer.down(), buffers.gated(), rows); // [rows, hidden]
    }
    if (step.wanted() > 0) {
      logits(input(step.wantedRows()), step.wanted()); // [wanted, vocab]
      device.launch(
          "argmax",
          Grid.of(step.wanted(), DecoderKernels.SAMPLING_THREADS),
          buffers.logits(),
          weights.head().matrix().paddedOutputs(),
          weights.head().matrix().outputs(),
          buffers.tokens());
    }
  }

  private void heads(StepLayout step, Layer layer, int index) {
    int rows = step.rows();
    boolean few = rows <= fewRows;
    if (few && layer.headNorms() == 0) {
      headsOfFew(step, layer, index);
      return;
    }
    CudaMatrix matrix = layer.qkv().matrix();
    if (few) {
      plainOfFew(layer.qkv(), 0, rows, 0, buffers.heads());
    } else {
      normalize(layer.qkv(), 0, rows);
      multiply(matrix, buffers.normalized(), rows, buffers.heads(), matrix.paddedOutputs(), false);
    }
    device.launch(
        "place_heads",
        Grid.of(rows, STAGE_THREADS),
        buffers.heads(),
        matrix.paddedOutputs(),
        layer.qkv().bias(),
        layer.headNorms(),
        shape.headFloor(),
        buffers.queries(),
        cache.keys(index),
        cache.values(index),
        weights.turns(),
        input(step.positions()),
        input(step.slots()),
        shape.heads(),
        shape.kvHeads(),
        cache.blockSize());
  }

  private void headsOfFew(StepLayout step, Layer layer, int index) {
    CudaMatrix matrix = layer.qkv().matrix();
    device.launch(
        "linear_heads",
        linearGrid(matrix).withShared(sharedBytes(step.rows())),
        matrix.address(),
        matrix.outputs(),
        matrix.stride(),
        layer.qkv().bias(),
        buffers.x(),
        step.rows(),
        shape.hidden(),
        layer.qkv().factors(),
        shape.floor(),
        sharedStride,
        buffers.queries(),
        cache.keys(index),
        cache.values(index),
        weights.turns(),
        input(step.positions()),
        input(step.slots()),
        shape.heads(),
        shape.kvHeads(),
        cache.blockSize());
  }

  private void gated(Layer layer, int rows) {
    CudaMatrix matrix = layer.gateUp().matrix();
    int stride = layer.down().matrix().stride();
    if (rows <= fewRows) {
      device.launch(
          "linear_gated",
          linearGrid(matrix).withShared(sharedBytes(rows)),
          matrix.address(),
          matrix.outputs(),
          matrix.stride(),
          layer.gateUp().bias(),
          buffers.x(),
          rows,
          shape.hidden(),
          layer.gateUp().factors(),
          shape.floor(),
          sharedStride,
          buffers.gated(),
          stride);
      return;
    }
    normalize(layer.gateUp(), 0, rows);
    multiply(matrix, buffers.normalized(), rows, buffers.gateUp(), matrix.paddedOutputs(), false);
    device.launch(
        "gate",
        Grid.of(rows, STAGE_THREADS),
        buffers.gateUp(),
        layer.gateUp().bias(),
        matrix.outputs() / 2,
        buffers.gated(),
        stride);
  }

  private void residual(Part part, long from, int rows) {
    CudaMatrix matrix = part.matrix();
    if (rows <= fewRows) {
      device.launch(
          "linear_residual",
          linearGrid(matrix),
          matrix.address(),
          matrix.outputs(),
          matrix.stride(),
          part.bias(),
          from,
          rows,
          buffers.x());
      return;
    }
    multiply(matrix, from, rows, buffers.x(), matrix.outputs(), true);
    if (part.bias() != 0) {
      device.launch(
          "add_bias", Grid.of(rows, STAGE_THREADS), buffers.x(), part.bias(), matrix.outputs());
    }
  }

  private void logits(long order, int count) {
    Part head = weights.head();
    if (count <= fewRows) {
      plainOfFew(head, order, count, head.bias(), buffers.logits());
      return;
    }
    CudaMatrix matrix = head.matrix();
    normalize(head, order, count);
    multiply(matrix, buffers.normalized(), count, buffers.logits(), matrix.paddedOutputs(), false);
  }

  /**
   * Normalises and multiplies a few rows.
   *
   * @param order the rows; 0 for the first ones
   */
  private void plainOfFew(Part part, long order, int rows, long bias, long y) {
    CudaMatrix matrix = part.matrix();
    device.launch(
        "linear_plain",
        linearGrid(matrix).withShared(sharedBytes(rows)),
        matrix.address(),
        matrix.outputs(),
        matrix.stride(),
        bias,
        buffers.x(),
        order,
        rows,
        shape.hidden(),
        part.factors(),
        shape.floor(),
        sharedStride,
        y);
  }

  private void normalize(Part part, long order, int rows) {
    device.launch(
        "normalize",
        Grid.of(rows, STAGE_THREADS),
        buffers.x(),
        order,
        shape.hidden(),
        part.factors(),
        shape.floor(),
        buffers.normalized(),
        part.matrix().stride());
  }

  private void multiply(CudaMatrix matrix, long x, int rows, long y, int yStride, boolean add) {
    int outputs = add ? matrix.outputs() : matrix.paddedOutputs();
    device.multiply(
        new Product(
            type, rows, outputs, matrix.stride(), matrix.stride(), matrix.stride(), yStride, add),
        x,
        matrix.address(),
        y);
  }

  private Grid linearGrid(CudaMatrix matrix) {
    int blocks = BLOCKS * device.properties().multiprocessors();
    return Grid.of(Math.min(matrix.tiles(), blocks), LINEAR_THREADS);
  }

  private int sharedBytes(int rows) {
    return rows * sharedStride * type.bytes();
  }

  private long input(int column) {
    return buffers.input() + (long) Integer.BYTES * column;
  }
}
