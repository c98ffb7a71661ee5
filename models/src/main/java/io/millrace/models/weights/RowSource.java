package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A source of the rows of a tensor; any number of threads may read at once. */
interface RowSource {
  /**
   * Rows in a direct, little-endian buffer that holds nothing else.
   *
   * @param count at least 1, and few enough that one buffer holds them
   */
  ByteBuffer read(long first, long count);

  /**
   * The same rows in what remains of a buffer, which is as much as they take.
   *
   * @param into direct and little-endian
   */
  default void read(long first, long count, ByteBuffer into) {
    into.put(read(first, count));
  }

  /** Rows that lie one behind the other in a file, from {@code offset} on: mapped, not copied. */
  static RowSource mapped(MappedFile file, long offset, long rowBytes) {
    return new RowSource() {
      @Override
      public ByteBuffer read(long first, long count) {
        return file.map(offset + first * rowBytes, count * rowBytes);
      }

      @Override
      public void read(long first, long count, ByteBuffer into) {
        file.read(offset + first * rowBytes, into);
      }
    };
  }

  static RowSource mapped(MappedFile file, StoredTensor tensor) {
    return mapped(file, tensor.offset(), tensor.type().bytes(tensor.shape().rowElements()));
  }

  static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
