package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.decoder.Decoder;
import io.millrace.engine.decoder.HeapOutput;
import io.millrace.engine.decoder.LogitsSampler;
import io.millrace.engine.decoder.StepInput;
import io.millrace.engine.decoder.StepOutput;
import io.millrace.engine.decoder.StepParts;
import java.nio.ByteBuffer;

/**
 * The decoder that computes any step on a GPU by kernels of our own. Tokens that are the likeliest,
 * or drawn from all, are found there; rows that are filtered, masked, edited or scored are sampled
 * on the host by the sampler that all decoders share.
 */
final class CudaDecoder implements Decoder {
  /** Rows of logits that are copied at once. */
  private static final int ROWS_COPIED = 8;

  private final String label;
  private final CudaDevice device;
  private final CudaForwardPass pass;
  private final StepGraphs graphs;
  private final StepNumbers.Tiling tiling;
  private final StepBuffers buffers;
  private final StepBuffers.Size size;
  private final LogitsSampler sampler;
  private final CudaMatrix head;
  private final TokenDraws draws;
  private final ByteBuffer sent;
  private final ByteBuffer logits;
  private final ByteBuffer tokens;
  private int wanted;

  CudaDecoder(
      String label,
      CudaDevice device,
      CudaForwardPass pass,
      StepNumbers.Tiling tiling,
      StepBuffers buffers,
      StepBuffers.Size size,
      CudaMatrix head,
      LogitsSampler sampler) {
    this.label = label;
    this.device = device;
    this.pass = pass;
    this.graphs = new StepGraphs(device);
    this.tiling = tiling;
    this.buffers = buffers;
    this.size = size;
    this.head = head;
    this.sampler = sampler;
    this.draws = new TokenDraws(device, head, buffers.logits(), size.wanted());
    this.sent = device.hostMemory(size.ints() * Integer.BYTES);
    this.logits = device.hostMemory(ROWS_COPIED * head.paddedOutputs() * Float.BYTES);
    this.tokens = device.hostMemory(size.wanted() * Integer.BYTES);
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean takes(StepInput step) {
    return true;
  }

  @Override
  public StepOutput compute(StepInput step) {
    boolean manyWanted = step.wanted().length > size.wanted();
    if (step.numRows() > size.rows() || manyWanted) {
      int rows = manyWanted ? Math.min(size.rows(), size.wanted()) : size.rows();
      return StepParts.compute(step, rows, this::logitsOf, sampler);
    }
    run(step);
    StepOutput onHost = new HeapOutput(step.wanted().length, this::logits, this::argmax, sampler);
    return new CudaOutput(onHost, this::argmax, draws);
  }

  @Override
  public void close() {
    graphs.close();
    draws.free();
    buffers.free(device);
  }

  private float[] logitsOf(StepInput part) {
    run(part);
    return logits();
  }

  private void run(StepInput step) {
    StepNumbers numbers = StepNumbers.of(step, tiling);
    if (numbers.ints().length > size.ints()) {
      throw new IllegalStateException(
          "a step has %d numbers, but there is room for %d"
              .formatted(numbers.ints().length, size.ints()));
    }
    // What was sent before must have been read.
    device.synchronize();
    sent.clear();
    sent.asIntBuffer().put(numbers.ints());
    device.upload(buffers.input(), sent.limit(numbers.ints().length * Integer.BYTES));
    graphs.run(numbers.layout(), () -> pass.run(numbers.layout()));
    wanted = step.wanted().length;
  }

  private float[] logits() {
    int vocab = head.outputs();
    int stride = head.paddedOutputs();
    float[] all = new float[Math.multiplyExact(wanted, vocab)];
    for (int begin = 0; begin < wanted; begin += ROWS_COPIED) {
      int rows = Math.min(ROWS_COPIED, wanted - begin);
      logits.clear().limit(rows * stride * Float.BYTES);
      device.download(logits, buffers.logits() + (long) begin * stride * Float.BYTES);
      for (int row = 0; row < rows; row++) {
        logits.asFloatBuffer().position(row * stride).get(all, (begin + row) * vocab, vocab);
      }
    }
    return all;
  }

  private int[] argmax() {
    int[] found = new int[wanted];
    tokens.clear().limit(wanted * Integer.BYTES);
    device.download(tokens, buffers.tokens());
    tokens.asIntBuffer().get(found);
    return found;
  }
}
