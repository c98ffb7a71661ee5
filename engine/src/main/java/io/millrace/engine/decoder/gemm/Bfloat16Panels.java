package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.simd.Bfloat16;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntFunction;

/**
 * A weight matrix in bfloat16 in native memory: panels of 32 or 64 outputs, pair of inputs by pair
 * of inputs.
 */
public final class Bfloat16Panels extends PanelMatrix {
  /** Words of a panel that are packed at once. */
  private static final int WORDS_AT_ONCE = 16;

  private final Gemm gemm;
  private final int run;
  private final int[] firsts;
  private final int[] seconds;
  private final ByteBuffer memory;
  private final long address;

  /**
   * Packs a matrix.
   *
   * @param in see {@link #takes}
   * @param run inputs that are rounded together, such as a head's: pairs are made within
   * @param order {@link RowOrder#HALVES} for panels that are half of the one, half of the other
   *     matrix
   * @param allocator of native memory, in bytes
   */
  public Bfloat16Panels(
      Gemm gemm,
      int out,
      int in,
      int run,
      RowOrder order,
      RowReader source,
      IntFunction<ByteBuffer> allocator) {
    super(out, in, order);
    this.gemm = gemm;
    this.run = run;
    this.firsts = places(0);
    this.seconds = places(1);
    this.memory = allocator.apply(Math.toIntExact(bytes(out, in))).order(ByteOrder.nativeOrder());
    this.address = gemm.address(memory);
    pack(source, memory, in / 2 * width());
  }

  /**
   * Whether a matrix of this shape can be packed: pairs of inputs, and less than 2 GiB of memory.
   */
  public static boolean takes(int out, int in) {
    return in % 2 == 0 && bytes(out, in) <= Integer.MAX_VALUE;
  }

  @Override
  float[] multiply(int panel, Activations x, RowChunks.Chunk rows, Sums sums) {
    int size = Math.max(FEWEST_ROWS, rows.size());
    sums.reserve(size * width());
    for (int done = 0; done < in(); done += MOST_DEPTH) {
      int depth = Math.min(MOST_DEPTH, in() - done);
      gemm.multiply(
          new Gemm.Shape(size, width(), depth, x.stride(), width(), width()),
          x.address(rows.first()) + (long) done * Short.BYTES,
          address + ((long) panel * in() + done) * width() * Short.BYTES,
          sums.address(),
          done > 0);
    }
    return sums.read(rows.count() * width());
  }

  private static long bytes(int out, int in) {
    // Two halves may both end within a panel.
    return (long) (out / MOST_WIDTH + 2) * MOST_WIDTH * in * Short.BYTES;
  }

  /**
   * Reads a row back, of a matrix whose rows are one run, in {@link RowOrder#PLAIN}.
   *
   * @param into where its numbers go, from {@code at} on
   */
  void readRow(int row, float[] into, int at) {
    int first = row / width() * (in() / 2) * width() + row % width();
    for (int i = 0; i < in(); i++) {
      int word = memory.getInt((first + Pairs.word(i, in()) * width()) * Integer.BYTES);
      into[at + i] = Bfloat16.of(word >>> Pairs.half(i, in()) * Short.SIZE);
    }
  }

  /** [words] the input that each word has in one of its halves. */
  private int[] places(int half) {
    int[] places = new int[in() / 2];
    for (int i = 0; i < in(); i++) {
      int within = i % run;
      if (Pairs.half(within, run) == half) {
        places[(i - within) / 2 + Pairs.word(within, run)] = i;
      }
    }
    return places;
  }

  /** Some words of all rows at a time: these stay cached. */
  @Override
  void packRows(float[] rows, int count, int[] packed, int panel, int column) {
    for (int begin = 0; begin < firsts.length; begin += WORDS_AT_ONCE) {
      int end = Math.min(firsts.length, begin + WORDS_AT_ONCE);
      for (int row = 0; row < count; row++) {
        int from = row * in();
        for (int word = begin; word < end; word++) {
          packed[word * width() + column + row] =
              Pairs.word(rows[from + firsts[word]], rows[from + seconds[word]]);
        }
      }
    }
  }
}
