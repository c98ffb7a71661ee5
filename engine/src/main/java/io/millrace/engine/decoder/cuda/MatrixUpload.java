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
import java.util.stream.IntStream;
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
    boolean halves = order == RowOrder.HALVES;
    int outputs = halves ? 2 * padded(out / 2, EIGHT) : out;
    int stride = padded(in, CHUNK);
    long address = device.allocate((long) padded(outputs, TILE) * stride * type.bytes());
    int most = Math.max(TILE, STAGED_BYTES / (stride * type.bytes()) / TILE * TILE);
    for (int begin = 0; begin < outputs; begin += most) {
      int count = Math.min(most, outputs - begin);
      Piece piece =
          halves ? halves(rows, out / 2, begin / 2, count / 2) : plain(rows, begin, count);
      ByteBuffer numbers = staged(count * stride * type.bytes());
      // Most of a start is this, so that all of the host's cores do it.
      IntStream.range(0, count).parallel().forEach(row -> put(numbers, row, piece, in, stride));
      upload(address + (long) begin * stride * type.bytes(), numbers);
    }
    return new CudaMatrix(address, outputs, stride);
  }

  /** Uploads rows of numbers without padding. */
  long uploadRows(int count, int width, RowReader rows) {
    long address = device.allocate((long) count * width * type.bytes());
    int most = Math.max(1, STAGED_BYTES / (width * type.bytes()));
    for (int begin = 0; begin < count; begin += most) {
      int part = Math.min(most, count - begin);
      Piece piece = plain(rows, begin, part);
      ByteBuffer numbers = staged(part * width * type.bytes());
      IntStream.range(0, part).parallel().forEach(row -> put(numbers, row, piece, width, width));
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
        numbers.putFloat(i * Float.BYTES, floats[begin + i]);
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

  /** Some rows of a matrix as the device has them. */
  private interface Piece {
    /** The numbers among which a row is; null for a row of padding. */
    float @Nullable [] numbers(int row);

    /** The row's place among them. */
    int place(int row);
  }

  private static Piece plain(RowReader rows, int first, int count) {
    float[] read = rows.read(first, count);
    return new Piece() {
      @Override
      public float[] numbers(int row) {
        return read;
      }

      @Override
      public int place(int row) {
        return row;
      }
    };
  }

  /** Eight rows of the one half, then the same eight of the other. */
  private static Piece halves(RowReader rows, int half, int first, int count) {
    int there = Math.min(count, half - first);
    float[] gates = rows.read(first, there);
    float[] gated = rows.read(half + first, there);
    return new Piece() {
      @Override
      public float @Nullable [] numbers(int row) {
        float[] part = row % TILE < EIGHT ? gates : gated;
        return place(row) < there ? part : null;
      }

      @Override
      public int place(int row) {
        return row / TILE * EIGHT + row % EIGHT;
      }
    };
  }

  private void put(ByteBuffer numbers, int row, Piece piece, int width, int stride) {
    float[] from = piece.numbers(row);
    int at = piece.place(row) * width;
    for (int i = 0; i < stride; i++) {
      type.put(numbers, row * stride + i, from != null && i < width ? from[at + i] : 0);
    }
  }

  private ByteBuffer staged(int bytes) {
    ByteBuffer memory = staged;
    if (memory == null || memory.capacity() < bytes) {
      memory = device.hostMemory(Math.max(bytes, STAGED_BYTES));
      staged = memory;
    }
    return memory.clear().limit(bytes);
  }

  private void upload(long address, ByteBuffer numbers) {
    device.upload(address, numbers);
    // The buffer is filled again.
    device.synchronize();
  }
}
