package io.millrace.engine.decoder.vector;

import static io.millrace.engine.simd.Lanes.FLOATS;
import static io.millrace.engine.simd.Lanes.INTS;
import static jdk.incubator.vector.VectorOperators.AND;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A matrix of int4 weights, with a scale and an offset for each 32 of a row: 4.5 bits a weight. A
 * weight is scale * (level - 8) + offset, of levels 0 to 15, so that what GGUF has as Q4_0 or Q4_1
 * is kept almost as it is. Scales and offsets are integers of 8 bits with factors for each row.
 *
 * <p>A unit's two blocks share words of 32 bits, one in the lower halves, the other in the upper
 * ones: four neighbours of a row in each, the first in the lowest bits. For each 32 inputs, a
 * vector of scales and offsets comes before eight of words: from the lowest byte on scale, offset,
 * offset and scale.
 */
final class Int4Matrix extends PackedMatrix {
  static final int GROUP = Int4Groups.GROUP;

  /** Neighbours of a row in half of a word. */
  static final int PARTS = 4;

  static final int BITS = 4;
  private static final int MIDDLE = Int4Groups.MIDDLE;

  /** Vectors of a group: its scales and offsets, and its words. */
  private static final int GROUP_VECTORS = 1 + GROUP / PARTS;

  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
  private static final IntVector BYTE = IntVector.broadcast(INTS, 0xff);
  private static final IntVector ONE_PART = IntVector.broadcast(INTS, 0xf);

  private final int unitLength;
  private final int[] words;
  private final float[] scaleFactors;
  private final float[] offsetFactors;
  private final Int8Row row;

  /**
   * @param in a multiple of 32
   */
  Int4Matrix(int out, int in, RowOrder order, RowReader source) {
    super(out, in, order);
    this.unitLength = in / GROUP * GROUP_VECTORS * Lanes.COUNT;
    this.words = new int[Math.multiplyExact(numUnits(), unitLength)];
    this.scaleFactors = new float[stride()];
    this.offsetFactors = new float[stride()];
    this.row = new Int8Row(in, MIDDLE);
    pack(source);
  }

  @Override
  void packBlock(int block, int rows, float[] weights) {
    for (int lane = 0; lane < rows; lane++) {
      packRow(block, lane, weights);
    }
  }

  private void packRow(int block, int lane, float[] weights) {
    int from = lane * in();
    Int4Groups groups = new Int4Groups(weights, from, in());
    scaleFactors[block * Lanes.COUNT + lane] = groups.scaleFactor();
    offsetFactors[block * Lanes.COUNT + lane] = groups.offsetFactor();
    boolean upper = block % BLOCKS_A_UNIT > 0;
    int[] levels = new int[GROUP];
    int at = block / BLOCKS_A_UNIT * unitLength + lane;
    for (int group = 0; group < in() / GROUP; group++) {
      int scale = groups.scale(group);
      int offset = groups.offset(group) & 0xff;
      words[at] |= upper ? offset << 16 | scale << 24 : offset << 8 | scale;
      groups.levels(group, weights, from + group * GROUP, levels);
      for (int i = 0; i < GROUP; i += PARTS) {
        int word = levels[i] | levels[i + 1] << 4 | levels[i + 2] << 8 | levels[i + 3] << 12;
        words[at + (1 + i / PARTS) * Lanes.COUNT] |= upper ? word << Short.SIZE : word;
      }
      at += GROUP_VECTORS * Lanes.COUNT;
    }
  }

  @Override
  void takeRow(float[] x) {
    row.take(x);
  }

  @Override
  void multiply(int unit, float[] x, int rows, float[] y) {
    if (rows != 1) {
      throw new IllegalArgumentException("int4 weights multiply single rows, not " + rows);
    }
    multiplyLevels(unit, y, unit * STEP);
    addOffsets(unit, y, unit * STEP);
  }

  /**
   * Multiplies in 16 bits, which hold the sum of a group's products; what its terms add up to in
   * between may be too large, since what is lost above comes back. So the parts of a word need not
   * be taken apart either: one that is shifted down has those above it still, and the row's numbers
   * take these off.
   */
  private void multiplyLevels(int unit, float[] y, int yAt) {
    int[] numbers = row.numbers();
    float[] factors = row.factors();
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    for (int group = 0; group < factors.length; group++) {
      int first = unit * unitLength + group * GROUP_VECTORS * Lanes.COUNT;
      int at = group * Int8Row.STRIDE;
      IntVector pair = IntVector.broadcast(INTS, numbers[at + GROUP]);
      for (int i = 0; i < GROUP / PARTS; i++) {
        IntVector word = IntVector.fromArray(INTS, words, first + Lanes.COUNT + i * Lanes.COUNT);
        int x = at + i * PARTS;
        ShortVector parts = shorts(word);
        ShortVector sums = parts.mul(both(numbers[x])).add(shorts(pair));
        sums = parts.lanewise(LSHR, BITS).mul(both(numbers[x + 1])).add(sums);
        sums = parts.lanewise(LSHR, 2 * BITS).mul(both(numbers[x + 2])).add(sums);
        sums = parts.lanewise(LSHR, 3 * BITS).mul(both(numbers[x + 3])).add(sums);
        pair = ints(sums);
      }
      IntVector bytes = IntVector.fromArray(INTS, words, first);
      FloatVector factor = FloatVector.broadcast(FLOATS, factors[group]);
      FloatVector low = floats(pair.lanewise(LSHL, 16).lanewise(ASHR, 16));
      a = low.mul(floats(bytes.lanewise(AND, BYTE))).fma(factor, a);
      FloatVector high = floats(pair.lanewise(ASHR, 16));
      b = high.mul(floats(bytes.lanewise(LSHR, 24))).fma(factor, b);
    }
    a.intoArray(y, yAt);
    b.intoArray(y, yAt + Lanes.COUNT);
  }

  /** Applies the factors of the scales, and adds what the offsets give. Apart, to be compiled. */
  private void addOffsets(int unit, float[] y, int yAt) {
    float[] totals = row.totals();
    FloatVector a = FloatVector.zero(FLOATS);
    FloatVector b = FloatVector.zero(FLOATS);
    for (int group = 0; group < totals.length; group++) {
      int at = unit * unitLength + group * GROUP_VECTORS * Lanes.COUNT;
      IntVector bytes = IntVector.fromArray(INTS, words, at);
      FloatVector total = FloatVector.broadcast(FLOATS, totals[group]);
      a = floats(bytes.lanewise(LSHL, 16).lanewise(ASHR, 24)).fma(total, a);
      b = floats(bytes.lanewise(LSHL, 8).lanewise(ASHR, 24)).fma(total, b);
    }
    addOffsets(a, unit * STEP, y, yAt);
    addOffsets(b, unit * STEP + Lanes.COUNT, y, yAt + Lanes.COUNT);
  }

  private void addOffsets(FloatVector offsets, int output, float[] y, int yAt) {
    offsets
        .mul(FloatVector.fromArray(FLOATS, offsetFactors, output))
        .add(
            FloatVector.fromArray(FLOATS, y, yAt)
                .mul(FloatVector.fromArray(FLOATS, scaleFactors, output)))
        .intoArray(y, yAt);
  }

  private static IntVector ints(ShortVector pairs) {
    return (IntVector) pairs.reinterpretShape(INTS, 0);
  }

  private static ShortVector shorts(IntVector pairs) {
    return (ShortVector) pairs.reinterpretShape(SHORTS, 0);
  }

  private static ShortVector both(int number) {
    return shorts(IntVector.broadcast(INTS, number));
  }

  private static FloatVector floats(IntVector integers) {
    return (FloatVector) integers.convert(I2F, 0);
  }

  @Override
  void widen(int unit, int column, int depth, float[] panel, int at) {
    int first = unit * unitLength + column / GROUP * GROUP_VECTORS * Lanes.COUNT;
    for (int i = 0; i < depth / GROUP * BLOCKS_A_UNIT; i++) {
      int group = i / BLOCKS_A_UNIT;
      int half = i % BLOCKS_A_UNIT;
      int from = first + group * GROUP_VECTORS * Lanes.COUNT;
      int into = at + group * GROUP * STEP + half * Lanes.COUNT;
      widenGroup(unit * STEP + half * Lanes.COUNT, from, half, panel, into);
    }
  }

  private void widenGroup(int output, int from, int half, float[] panel, int into) {
    FloatVector scale = scales(output, from, half);
    FloatVector lowest = lowest(output, from, half, scale);
    for (int i = 0; i < GROUP; i++) {
      int word = from + (1 + i / PARTS) * Lanes.COUNT;
      int down = half * Short.SIZE + i % PARTS * BITS;
      part(IntVector.fromArray(INTS, words, word).lanewise(LSHR, down))
          .fma(scale, lowest)
          .intoArray(panel, into + i * STEP);
    }
  }

  /** The scales of a group of one of a unit's blocks. */
  private FloatVector scales(int output, int from, int half) {
    IntVector bytes = IntVector.fromArray(INTS, words, from);
    return floats(bytes.lanewise(LSHL, 24 - half * 24).lanewise(LSHR, 24))
        .mul(FloatVector.fromArray(FLOATS, scaleFactors, output));
  }

  /** What the lowest level stands for in that group. */
  private FloatVector lowest(int output, int from, int half, FloatVector scale) {
    IntVector bytes = IntVector.fromArray(INTS, words, from);
    return floats(bytes.lanewise(LSHL, 16 - half * 8).lanewise(ASHR, 24))
        .mul(FloatVector.fromArray(FLOATS, offsetFactors, output))
        .sub(scale.mul(MIDDLE));
  }

  private static FloatVector part(IntVector word) {
    return floats(word.lanewise(AND, ONE_PART));
  }
}
