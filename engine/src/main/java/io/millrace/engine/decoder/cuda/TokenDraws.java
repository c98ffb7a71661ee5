package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.Grid;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.sampling.SamplingBatch.Drawn;
import java.nio.ByteBuffer;

/** The draws of tokens on the device, for rows that are drawn from all tokens as they are. */
final class TokenDraws {
  /** Bytes of a draw: share, row, temperature, and the token that is drawn. */
  private static final int BYTES = Double.BYTES + 2 * Integer.BYTES + Float.BYTES;

  private final CudaDevice device;
  private final CudaMatrix head;
  private final long logits;
  private final int most;
  private final long columns;
  private final ByteBuffer sent;

  /**
   * @param head of whose outputs the logits are
   * @param logits [rows, padded outputs] floats
   * @param most draws of a step
   */
  TokenDraws(CudaDevice device, CudaMatrix head, long logits, int most) {
    this.device = device;
    this.head = head;
    this.logits = logits;
    this.most = most;
    this.columns = device.allocate((long) most * BYTES);
    this.sent = device.hostMemory(most * BYTES);
  }

  /** Whether no row of a batch needs more than an arg-max or a draw from all tokens. */
  boolean take(SamplingBatch batch) {
    return batch.edits().isEmpty()
        && batch.masked().isEmpty()
        && batch.filtered().rows().length == 0
        && batch.scored().rows().length == 0
        && batch.plain().rows().length <= most;
  }

  /** Draws the tokens of a batch's plain rows, and puts them into the batch's tokens. */
  void draw(SamplingBatch batch, int[] tokens) {
    Drawn plain = batch.plain();
    int count = plain.rows().length;
    // What was sent before must have been read.
    device.synchronize();
    send(batch.sources(), plain);
    long rows = columns + (long) count * Double.BYTES;
    long temperatures = rows + (long) count * Integer.BYTES;
    long drawn = temperatures + (long) count * Float.BYTES;
    device.launch(
        "draw",
        Grid.of(count, DecoderKernels.SAMPLING_THREADS),
        logits,
        head.paddedOutputs(),
        head.outputs(),
        rows,
        temperatures,
        columns,
        drawn);
    device.download(sent.clear().limit(count * Integer.BYTES), drawn);
    for (int i = 0; i < count; i++) {
      tokens[(int) plain.rows()[i]] = sent.getInt(i * Integer.BYTES);
    }
  }

  void free() {
    device.free(columns);
  }

  private void send(long[] sources, Drawn plain) {
    sent.clear();
    for (double share : plain.draws()) {
      sent.putDouble(share);
    }
    for (long row : plain.rows()) {
      sent.putInt((int) (sources.length == 0 ? row : sources[(int) row]));
    }
    for (float temperature : plain.temperature()) {
      sent.putFloat(temperature);
    }
    device.upload(columns, sent.flip());
  }
}
