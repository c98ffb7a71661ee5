package io.millrace.engine.decoder.gemm;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Multiplies number by number, on any CPU: what it gives a row does not depend on other rows. It
 * touches no memory but that of buffers whose address it was asked for.
 */
public final class PlainGemm implements Gemm {
  /** By their addresses, and kept, so that no other buffer ever has the same. */
  private final ConcurrentSkipListMap<Long, ByteBuffer> known = new ConcurrentSkipListMap<>();

  @Override
  public void multiply(Shape shape, long a, long b, long c, boolean add) {
    check(shape);
    Pointer inputs = memory(a, Short.BYTES, shape.rows(), shape.aStride(), shape.depth());
    Pointer weights = memory(b, Integer.BYTES, shape.depth() / 2, shape.bStride(), shape.columns());
    Pointer sums = memory(c, Float.BYTES, shape.rows(), shape.cStride(), shape.columns());
    int[][] pairs = new int[shape.depth() / 2][];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i] = weights.getIntArray((long) i * shape.bStride() * Integer.BYTES, shape.columns());
    }
    for (int row = 0; row < shape.rows(); row++) {
      long at = (long) row * shape.cStride() * Float.BYTES;
      short[] x = inputs.getShortArray((long) row * shape.aStride() * Short.BYTES, shape.depth());
      float[] y = new float[shape.columns()];
      for (int i = 0; i < pairs.length; i++) {
        addPair(number(x[2 * i]), number(x[2 * i + 1]), pairs[i], y);
      }
      float[] before = add ? sums.getFloatArray(at, shape.columns()) : new float[shape.columns()];
      for (int i = 0; i < y.length; i++) {
        y[i] += before[i];
      }
      sums.write(at, y, 0, y.length);
    }
  }

  @Override
  public void multiplyInt8(Shape shape, long a, long b, long c) {
    int words = shape.depth() / Integer.BYTES;
    Pointer inputs = memory(a, 1, shape.rows(), shape.aStride(), shape.depth());
    Pointer weights = memory(b, Integer.BYTES, words, shape.bStride(), shape.columns());
    Pointer sums = memory(c, Integer.BYTES, shape.rows(), shape.cStride(), shape.columns());
    for (int row = 0; row < shape.rows(); row++) {
      byte[] x = inputs.getByteArray((long) row * shape.aStride(), shape.depth());
      int[] y = new int[shape.columns()];
      for (int i = 0; i < x.length; i++) {
        for (int column = 0; column < y.length; column++) {
          int word = i / Integer.BYTES * shape.bStride() + column;
          int weight = weights.getByte((long) word * Integer.BYTES + i % Integer.BYTES);
          y[column] += (x[i] & 0xff) * weight;
        }
      }
      sums.write((long) row * shape.cStride() * Integer.BYTES, y, 0, y.length);
    }
  }

  @Override
  public long address(ByteBuffer direct) {
    long address = Pointer.nativeValue(Native.getDirectBufferPointer(direct));
    ByteBuffer before = known.put(address, direct);
    if (before != null && before.capacity() > direct.capacity()) {
      known.put(address, before);
    }
    return address;
  }

  /** As instructions for pairs do: the upper half first. */
  private static void addPair(float first, float second, int[] pairs, float[] y) {
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.fma(second, number((short) (pairs[i] >> Short.SIZE)), y[i]);
      y[i] = Math.fma(first, number((short) pairs[i]), y[i]);
    }
  }

  private static float number(short bfloat16) {
    return Float.intBitsToFloat(bfloat16 << Short.SIZE);
  }

  private static void check(Shape shape) {
    if (shape.rows() < 1
        || shape.columns() < 1
        || shape.depth() < 2
        || shape.depth() % 2 != 0
        || shape.aStride() < shape.depth()
        || shape.bStride() < shape.columns()
        || shape.cStride() < shape.columns()) {
      throw new IllegalArgumentException(shape.toString());
    }
  }

  /** Where a matrix lies, all of it in one buffer. */
  private Pointer memory(long address, int bytes, int rows, int stride, int columns) {
    long end = address + ((long) (rows - 1) * stride + columns) * bytes;
    Map.Entry<Long, ByteBuffer> buffer = known.floorEntry(address);
    if (buffer == null || end > buffer.getKey() + buffer.getValue().capacity()) {
      throw new IndexOutOfBoundsException(
          "%d rows of %d, each %d from the one before, end outside of their buffer"
              .formatted(rows, columns, stride));
    }
    return new Pointer(address);
  }
}
