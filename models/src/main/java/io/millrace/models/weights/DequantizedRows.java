package io.millrace.models.weights;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.stream.LongStream;

/** The rows of a quantised tensor, dequantised to float32 on all cores. */
final class DequantizedRows extends CopiedRows {
  /** Small enough that a task's arrays stay in a core's cache. */
  private static final int TASK_ELEMENTS = 1 << 14;

  private final RowSource blocks;
  private final ElementType type;
  private final long rowElements;
  private final BlockDecoder decoder;

  /**
   * @param rowElements numbers in a row, a multiple of the type's block
   */
  DequantizedRows(RowSource blocks, ElementType type, long rowElements) {
    this.blocks = blocks;
    this.type = type;
    this.rowElements = rowElements;
    this.decoder = BlockDecoder.of(type);
  }

  @Override
  long rowBytes() {
    return Float.BYTES * rowElements;
  }

  @Override
  void copy(long first, long count, ByteBuffer out) {
    ByteBuffer in = blocks.read(first, count);
    long tasks = (count * rowElements + TASK_ELEMENTS - 1) / TASK_ELEMENTS;
    LongStream.range(0, tasks).parallel().forEach(task -> decode(in, out, task));
  }

  private void decode(ByteBuffer in, ByteBuffer out, long task) {
    FloatBuffer floats = out.asFloatBuffer();
    int from = Math.toIntExact(task * TASK_ELEMENTS);
    int elements = Math.min(TASK_ELEMENTS, floats.capacity() - from);
    byte[] quants = new byte[(int) type.bytes(elements)];
    in.get((int) type.bytes(from), quants);
    float[] values = new float[elements];
    for (int block = 0; block < elements / type.blockElements(); block++) {
      decoder.decode(quants, block * type.blockBytes(), values, block * type.blockElements());
    }
    floats.put(from, values);
  }
}
