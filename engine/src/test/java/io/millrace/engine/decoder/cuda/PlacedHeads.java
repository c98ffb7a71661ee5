package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.cuda.NumberType;
import java.util.Random;
import java.util.stream.IntStream;

/** The places of queries, keys and values of some rows on an emulated device. */
final class PlacedHeads {
  static final int BLOCK_SIZE = 8;
  private static final int BLOCKS = 3;
  private static final int POSITIONS = 50;

  private final KernelBench bench;
  private final int heads;
  private final int kvHeads;
  private final int headDim;
  private final int padded;
  private final int[] position;
  private final int[] slot;
  private final float[] turn;
  private final long queries;
  private final long keys;
  private final long values;
  private final long turns;
  private final long positions;
  private final long slots;

  PlacedHeads(
      KernelBench bench,
      NumberType type,
      int heads,
      int kvHeads,
      int headDim,
      int rows,
      Random random) {
    this.bench = bench;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.padded = DecoderKernels.padded(headDim, DecoderKernels.CHUNK);
    this.position = random.ints(rows, 0, POSITIONS).toArray();
    this.slot =
        IntStream.iterate(1, i -> i + 2).limit(rows).map(i -> BLOCKS * BLOCK_SIZE - i).toArray();
    this.turn = turns(random);
    long cacheBytes = (long) BLOCKS * kvHeads * BLOCK_SIZE * padded * type.bytes();
    this.queries = bench.device().allocate((long) rows * heads * padded * type.bytes());
    this.keys = bench.device().allocate(cacheBytes);
    this.values = bench.device().allocate(cacheBytes);
    this.turns = bench.floats(turn);
    this.positions = bench.ints(position);
    this.slots = bench.ints(slot);
  }

  long queries() {
    return queries;
  }

  long keys() {
    return keys;
  }

  long values() {
    return values;
  }

  long turns() {
    return turns;
  }

  long positions() {
    return positions;
  }

  long slots() {
    return slots;
  }

  /** Asserts that rows are there, turned, and zeros where no row was put. */
  void assertHolds(double[][] rows, double tolerance) {
    int cached = BLOCKS * kvHeads * BLOCK_SIZE * padded;
    double[] expectedQueries = new double[rows.length * heads * padded];
    double[] expectedKeys = new double[cached];
    double[] expectedValues = new double[cached];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < rows[row].length; i++) {
        int head = i / headDim;
        int d = i % headDim;
        double value = head < heads + kvHeads ? turned(rows[row], i, position[row]) : rows[row][i];
        int block = slot[row] / BLOCK_SIZE;
        int offset = slot[row] % BLOCK_SIZE;
        if (head < heads) {
          expectedQueries[(row * heads + head) * padded + d] = value;
        } else if (head < heads + kvHeads) {
          int at = (block * kvHeads + head - heads) * BLOCK_SIZE + offset;
          expectedKeys[at * padded + d] = value;
        } else {
          int at = (block * kvHeads + head - heads - kvHeads) * padded + d;
          expectedValues[at * BLOCK_SIZE + offset] = value;
        }
      }
    }
    assertNear(bench.readNumbers(queries, expectedQueries.length), expectedQueries, tolerance);
    assertNear(bench.readNumbers(keys, cached), expectedKeys, tolerance);
    assertNear(bench.readNumbers(values, cached), expectedValues, tolerance);
  }

  private double turned(double[] row, int i, int at) {
    int pair = i / 2 * 2;
    double cosine = turn[at * headDim + pair % headDim];
    double sine = turn[at * headDim + pair % headDim + 1];
    return i == pair
        ? row[pair] * cosine - row[pair + 1] * sine
        : row[pair] * sine + row[pair + 1] * cosine;
  }

  private float[] turns(Random random) {
    float[] all = new float[POSITIONS * headDim];
    for (int i = 0; i < all.length; i += 2) {
      double angle = random.nextDouble() * 2 * Math.PI;
      all[i] = (float) Math.cos(angle);
      all[i + 1] = (float) Math.sin(angle);
    }
    return all;
  }

  private static void assertNear(float[] found, double[] expected, double tolerance) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) found[i]).as("%d", i).isCloseTo(expected[i], within(tolerance));
    }
  }
}
