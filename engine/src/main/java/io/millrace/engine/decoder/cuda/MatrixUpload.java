package io.millrace.engine.decoder.cuda;

import static io.millrace.engine.decoder.cuda.DecoderKernels.CHUNK;
import static io.millrace.engine.decoder.cuda.DecoderKernels.EIGHT;
import static io.millrace.engine.decoder.cuda.DecoderKernels.TILE;
import static io.millrace.engine.decoder.cuda.DecoderKernels.padded;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.decoder.MatrixPacker;
import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The upload of weights to the device. A gate and what it gates are one matrix there, in which
 * eight rows of the one come before the same eight of the other, so that one thread has both
 * results.
 */
final class MatrixUpload implements MatrixPacker<CudaMatrix> {
  private static final int STAGED_BYTES = 16 << 20;

  private final CudaDevice device;
  private final NumberType type;
  private @Nullable ByteBuffer staged;

  MatrixUpload(CudaDevice device, NumberType type) {
    this.device = device;
    this.type = type;
  }

  @Override
  public CudaMatrix pack(int out, int in, int run, RowOrder order, RowReader rows) {
    int stride = padded(in, CHUNK);
    boolean halves = order == RowOrder.HALVES;
    int outputs = halves ? 2 * padded(out / 2, EIGHT) : out;
    long address = device.allocate((long) padded(outputs, TILE) * stride * type.bytes());
    CudaMatrix matrix = new CudaMatrix(address, outputs, stride);
    int piece = Math.max(TILE, STAGED_BYTES / (stride * type.bytes()) / TILE * TILE);
    for (int begin = 0; begin < outputs; begin += piece) {
      int count = Math.min(piece, outputs - begin);
      ByteBuffer numbers = staged(count * stride * type.bytes());
      if (halves) {
        putHalves(numbers, rows, out / 2, in, begin / 2, count / 2, stride);
      } else {
        float[] read = rows.read(begin, count);
        for (int row = 0; row < count; row++) {
          put(numbers, read, row * in, in, stride);
        }
      }
      upload(address + (long) begin * stride * type.bytes(), numbers);
    }
    return matrix;
  }

  /** Uploads rows of numbers without padding. */
  long uploadRows(int count, int width, RowReader rows) {
    long address = device.allocate((long) count * width * type.bytes());
    int piece = Math.max(1, STAGED_BYTES / (width * type.bytes()));
    for (int begin = 0; begin < count; begin += piece) {
      int part = Math.min(piece, count - begin);
      ByteBuffer numbers = staged(part * width * type.bytes());
      put(numbers, rows.read(begin, part), 0, part * width, part * width);
      upload(address + (long) begin * width * type.bytes(), numbers);
    }
    return address;
  }

  /** Uploads float32 numbers; the address 0 is that of none. */
  long uploadFloats(float[] floats) {
    if (floats.length == 0) {
      return 0;
    }
    long address = device.allocate((long) floats.length * Float.BYTES);
    int piece = STAGED_BYTES / Float.BYTES;
    for (int begin = 0; begin < floats.length; begin += piece) {
      int part = Math.min(piece, floats.length - begin);
      ByteBuffer numbers = staged(part * Float.BYTES);
      for (int i = 0; i < part; i++) {
        numbers.putFloat(floats[begin + i]);
      }
      upload(address + (long) begin * Float.BYTES, numbers);
    }
    return address;
  }

  /** The numbers of two halves, one above the other, in the order of the rows on the device. */
  static float[] interleaved(float[] halves) {
    int half = halves.length / 2;
    float[] all = new float[2 * padded(half, EIGHT)];
    for (int i = 0; i < half; i++) {
      int at = i / EIGHT * TILE + i % EIGHT;
      all[at] = halves[i];
      all[at + EIGHT] = halves[half + i];
    }
    return all;
  }

  private void putHalves(
      ByteBuffer numbers, RowReader rows, int half, int in, int first, int count, int stride) {
    int there = Math.min(count, half - first);
    float[] gates = rows.read(first, there);
    float[] gated = rows.read(half + first, there);
    for (int eight = 0; eight < count; eight += EIGHT) {
      for (float[] part : new float[][] {gates, gated}) {
        for (int row = eight; row < eight + EIGHT; row++) {
          put(numbers, part, row * in, row < there ? in : 0, stride);
        }
      }
    }
  }

  private void put(ByteBuffer numbers, float[] row, int at, int width, int stride) {
    for (int i = 0; i < width; i++) {
      type.put(numbers, row[at + i]);
    }
    for (int i = width; i < stride; i++) {
      type.put(numbers, 0);
    }
  }

  private ByteBuffer staged(int bytes) {
    ByteBuffer memory = staged;
    if (memory == null || memory.capacity() < bytes) {
      memory = device.hostMemory(Math.max(bytes, STAGED_BYTES));
      staged = memory;
    }
    return memory.clear();
  }

  private void upload(long address, ByteBuffer numbers) {
    device.upload(address, numbers.flip());
    // The buffer is filled again.
    device.synchronize();
  }
}
