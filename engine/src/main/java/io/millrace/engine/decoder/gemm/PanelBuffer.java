package io.millrace.engine.decoder.gemm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The memory of one thread for products of some rows and a panel. */
final class PanelBuffer {
  private final Gemm gemm;
  private final Sums sums;
  private ByteBuffer ints = ByteBuffer.allocate(0);
  private long intsAddress;

  PanelBuffer(Gemm gemm) {
    this.gemm = gemm;
    this.sums = new Sums(gemm);
    sums.reserve(RowChunks.MOST_ROWS * PanelMatrix.MOST_WIDTH);
  }

  /** Sums of any chunk and panel. */
  Sums sums() {
    return sums;
  }

  /** Makes room for products of integers; the content is lost. */
  void reserveInts(int count) {
    if (ints.capacity() < count * Integer.BYTES) {
      ints = Activations.aligned((long) count * Integer.BYTES).order(ByteOrder.nativeOrder());
      intsAddress = gemm.address(ints);
    }
  }

  /** Products of integers in native memory. */
  ByteBuffer ints() {
    return ints;
  }

  long intsAddress() {
    return intsAddress;
  }
}
