package io.millrace.engine.decoder.gemm;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.simd.Bfloat16;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * A weight matrix in bfloat16 in native memory: panels of 32 or 64 outputs, pair of inputs by pair
 * of inputs.
 */
public final class Bfloat16Panels implements PanelMatrix {
  /** Words of a panel that are packed at once. */
  private static final int WORDS_AT_ONCE = 16;

  private final Gemm gemm;
  private final int out;
  private final int in;
  private final int run;
  private final int width;
  private final int half;
  private final int numPanels;
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
    this.gemm = gemm;
    this.out = out;
    this.in = in;
    this.run = run;
    int parts = order == RowOrder.HALVES ? 2 : 1;
    this.width = PanelMatrix.width(out, order);
    this.half = width / parts;
    this.numPanels = (out / parts + half - 1) / half;
    this.memory = allocator.apply(Math.toIntExact(bytes(out, in))).order(ByteOrder.nativeOrder());
    this.address = gemm.address(memory);
    pack(parts, source);
  }

  /**
   * Whether a matrix of this shape can be packed: pairs of inputs, and less than 2 GiB of memory.
   */
  public static boolean takes(int out, int in) {
    return in % 2 == 0 && bytes(out, in) <= Integer.MAX_VALUE;
  }

  @Override
  public int in() {
    return in;
  }

  @Override
  public int out() {
    return out;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int numPanels() {
    return numPanels;
  }

  @Override
  public float[] multiply(int panel, Activations x, RowChunks.Chunk rows, PanelBuffer buffer) {
    long y = buffer.sums().address();
    for (int done = 0; done < in; done += MOST_DEPTH) {
      int depth = Math.min(MOST_DEPTH, in - done);
      long b = address + ((long) panel * in + done) * width * Short.BYTES;
      multiply(gemm, x, rows, done, depth, b, y);
    }
    return buffer.sums().read(rows.count() * width);
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
    int first = row / width * (in / 2) * width + row % width;
    for (int i = 0; i < in; i++) {
      int word = memory.getInt((first + Pairs.word(i, in) * width) * Integer.BYTES);
      into[at + i] = Bfloat16.of(word >>> Pairs.half(i, in) * Short.SIZE);
    }
  }

  /** Packs all panels, on all cores. */
  private void pack(int parts, RowReader source) {
    int[] firsts = places(0);
    int[] seconds = places(1);
    IntBuffer words = memory.asIntBuffer();
    IntStream.range(0, numPanels)
        .parallel()
        .forEach(
            panel -> {
              int[] packed = new int[in / 2 * width];
              for (int part = 0; part < parts; part++) {
                int first = panel * half;
                int count = Math.min(half, out / parts - first);
                float[] rows = source.read(part * (out / parts) + first, count);
                pack(rows, count, firsts, seconds, packed, part * half);
              }
              words.put(panel * packed.length, packed, 0, packed.length);
            });
  }

  /** [words] the input that each word has in one of its halves. */
  private int[] places(int half) {
    int[] places = new int[in / 2];
    for (int i = 0; i < in; i++) {
      int within = i % run;
      if (Pairs.half(within, run) == half) {
        places[(i - within) / 2 + Pairs.word(within, run)] = i;
      }
    }
    return places;
  }

  /** Packs rows as neighbouring columns, some words of all of them at a time: these stay cached. */
  private void pack(
      float[] rows, int count, int[] firsts, int[] seconds, int[] packed, int column) {
    for (int begin = 0; begin < firsts.length; begin += WORDS_AT_ONCE) {
      int end = Math.min(firsts.length, begin + WORDS_AT_ONCE);
      for (int row = 0; row < count; row++) {
        int from = row * in;
        for (int word = begin; word < end; word++) {
          packed[word * width + column + row] =
              Pairs.word(rows[from + firsts[word]], rows[from + seconds[word]]);
        }
      }
    }
  }
}
