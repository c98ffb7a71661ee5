package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rows that no file has as they are wanted: they are worked out into a buffer. */
abstract class CopiedRows implements RowSource {

  /** Bytes of a row as it is wanted. */
  abstract long rowBytes();

  /**
   * Works rows out.
   *
   * @param out has room for them from index 0 on
   */
  abstract void copy(long first, long count, ByteBuffer out);

  @Override
  public final ByteBuffer read(long first, long count) {
    ByteBuffer out = RowSource.allocate(count * rowBytes());
    copy(first, count, out);
    return out;
  }

  /** Without a buffer of their own, whose memory would come back only when it runs out. */
  @Override
  public final void read(long first, long count, ByteBuffer into) {
    copy(first, count, into.slice().order(ByteOrder.LITTLE_ENDIAN));
    into.position(into.limit());
  }
}
