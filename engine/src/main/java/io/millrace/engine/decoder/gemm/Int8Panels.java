package io.millrace.engine.decoder.gemm;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.simd.Lanes;
import io.millrace.engine.simd.Rounding;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * A weight matrix in int8 in native memory, with a scale for each output and block of inputs, that
 * inputs in {@link Int8Activations bytes} are multiplied by: whole numbers within a block, and
 * float32 from block to block.
 */
public final class Int8Panels extends PanelMatrix {
  private static final int STEPS = 127;

  /** Bytes of a word, which are as many inputs of one output. */
  private static final int PARTS = Integer.BYTES;

  private static final int BYTE = 0xff;

  private final Gemm gemm;
  private final int numBlocks;
  private final HadamardRotation rotation;
  private final long address;

  /** [panels, blocks, width] what a weight's steps are worth. */
  private final float[] scales;

  /** [panels, blocks, width] the sums of a block's weights. */
  private final float[] totals;

  /**
   * Packs a matrix.
   *
   * @param in see {@link #takes}
   * @param order {@link RowOrder#HALVES} for panels that are half of the one, half of the other
   *     matrix
   * @param allocator of native memory, in bytes
   */
  public Int8Panels(
      Gemm gemm,
      int out,
      int in,
      RowOrder order,
      RowReader source,
      IntFunction<ByteBuffer> allocator) {
    super(out, in, order);
    this.gemm = gemm;
    this.numBlocks = Int8Activations.numBlocks(in);
    this.rotation = new HadamardRotation(in);
    this.scales = new float[Math.multiplyExact(numPanels() * numBlocks, width())];
    this.totals = new float[scales.length];
    ByteBuffer memory = allocator.apply(Math.multiplyExact(numPanels() * width(), in));
    this.address = gemm.address(memory);
    pack(source, memory, in / PARTS * width());
  }

  /** Whether a model's widths are whole runs, see {@link Int8Activations}. */
  public static boolean takes(ModelSpec spec) {
    return spec.hidden() % Int8Activations.RUN == 0
        && spec.intermediate() % Int8Activations.RUN == 0
        && spec.heads() * spec.headDim() % Int8Activations.RUN == 0
        && spec.headDim() % (2 * Lanes.COUNT) == 0
        && (long) (spec.vocab() + MOST_WIDTH) * spec.hidden() <= Integer.MAX_VALUE
        && 2L * (spec.intermediate() + MOST_WIDTH) * spec.hidden() <= Integer.MAX_VALUE;
  }

  @Override
  boolean takesInt8() {
    return true;
  }

  @Override
  float[] multiply(int panel, Activations x, RowChunks.Chunk rows, Sums sums) {
    Int8Activations bytes = x.int8();
    int size = Math.max(FEWEST_ROWS, rows.size());
    sums.reserve(size * width());
    float[] y = sums.values();
    for (int block = 0; block < numBlocks; block++) {
      int column = block * Int8Activations.BLOCK;
      int depth = Math.min(Int8Activations.BLOCK, in() - column);
      gemm.multiplyInt8(
          new Gemm.Shape(size, width(), depth, bytes.stride(), width(), width()),
          bytes.address(rows.first()) + column,
          address + ((long) panel * in() + column) * width(),
          sums.address());
      int[] products = sums.readIntegers(rows.count() * width());
      for (int row = 0; row < rows.count(); row++) {
        add(panel, block, bytes, rows.first() + row, products, row, y);
      }
    }
    return y;
  }

  /**
   * Adds a block's products for one row, or stores those of the first.
   *
   * @param row of {@code x}
   * @param at that of the products and of {@code y}
   */
  private void add(
      int panel, int block, Int8Activations x, int row, int[] products, int at, float[] y) {
    FloatVector scale = FloatVector.broadcast(FLOATS, x.scale(row, block));
    FloatVector least = FloatVector.broadcast(FLOATS, x.least(row, block));
    int from = (panel * numBlocks + block) * width();
    for (int i = 0; i < width(); i += Lanes.COUNT) {
      int into = at * width() + i;
      FloatVector product =
          floats(products, into).mul(FloatVector.fromArray(FLOATS, scales, from + i));
      FloatVector before =
          block == 0 ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, y, into);
      FloatVector.fromArray(FLOATS, totals, from + i)
          .fma(least, product.fma(scale, before))
          .intoArray(y, into);
    }
  }

  private static FloatVector floats(int[] integers, int index) {
    return (FloatVector) IntVector.fromArray(INTS, integers, index).convert(VectorOperators.I2F, 0);
  }

  @Override
  void packRows(float[] rows, int count, int[] packed, int panel, int column) {
    int[] words = new int[Lanes.COUNT];
    for (int row = 0; row < count; row++) {
      rotation.apply(rows, row * in());
      packRow(rows, row * in(), packed, panel, column + row, words);
    }
  }

  private void packRow(float[] rows, int from, int[] packed, int panel, int column, int[] words) {
    for (int block = 0; block < numBlocks; block++) {
      int first = block * Int8Activations.BLOCK;
      int end = Math.min(in(), first + Int8Activations.BLOCK);
      float largest = 0;
      for (int i = first; i < end; i++) {
        largest = Math.max(largest, Math.abs(rows[from + i]));
      }
      float scale = Math.max(largest / STEPS, Float.MIN_NORMAL);
      int total = 0;
      for (int i = first; i < end; i += Int8Activations.RUN) {
        total += packRun(rows, from + i, 1 / scale, words);
        int word = Int8Activations.word(i) * width() + column;
        for (int lane = 0; lane < Lanes.COUNT; lane++) {
          packed[word + lane * width()] = words[lane];
        }
      }
      int at = (panel * numBlocks + block) * width() + column;
      scales[at] = scale;
      totals[at] = scale * total;
    }
  }

  /** Rounds a run of a row into the words of one output, and returns the sum of its steps. */
  private static int packRun(float[] rows, int from, float steps, int[] words) {
    IntVector word = IntVector.zero(INTS);
    IntVector total = word;
    for (int part = 0; part < PARTS; part++) {
      FloatVector weights = FloatVector.fromArray(FLOATS, rows, from + part * Lanes.COUNT);
      IntVector rounded = Rounding.round(weights.mul(steps));
      total = rounded.add(total);
      word =
          rounded
              .lanewise(VectorOperators.AND, BYTE)
              .lanewise(VectorOperators.LSHL, part * Byte.SIZE)
              .lanewise(VectorOperators.OR, word);
    }
    word.intoArray(words, 0);
    return total.reduceLanes(VectorOperators.ADD);
  }
}
