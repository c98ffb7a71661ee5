package io.millrace.engine.decoder;

import static jdk.incubator.vector.VectorShuffle.fromOp;

import io.millrace.engine.simd.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The heads of queries, keys and values between projection and attention: RMSNorm of each head
 * where a family has it, rotary embedding, and writing to the cache.
 */
public final class AttentionHeads {
  private static final VectorShuffle<Float> FIRST_OF_PAIR = fromOp(Lanes.FLOATS, i -> i & ~1);
  private static final VectorShuffle<Float> SECOND_OF_PAIR = fromOp(Lanes.FLOATS, i -> i | 1);
  private static final VectorShuffle<Float> OTHER_OF_PAIR = fromOp(Lanes.FLOATS, i -> i ^ 1);

  /** -1 for the first of a pair, 1 for the second. */
  private static final FloatVector SIGNS = signs();

  private final DecoderShape shape;

  public AttentionHeads(DecoderShape shape) {
    this.shape = shape;
  }

  /**
   * Normalises the heads of a row's queries and keys, and rotates them (RoPE, arXiv:2104.09864).
   *
   * @param norms [heads + kvHeads, headDim]; empty for none
   * @param row queries, keys and values
   * @param at index at which the row begins
   */
  public void normalizeAndRotate(float[] norms, float[] row, int at, int position) {
    int rotated = shape.heads() + shape.kvHeads();
    if (norms.length > 0) {
      normalize(norms, row, at, rotated);
    }
    if (shape.turns().length > 0) {
      int turn = position * shape.headDim();
      if (shape.headDim() % Lanes.COUNT == 0) {
        rotateVectors(row, at, turn, rotated);
      } else {
        rotateNumbers(row, at, turn, rotated);
      }
    }
  }

  /** Writes a row's keys and values into the cache. */
  public void write(LayerCache cache, int[] table, float[] row, int at, int position) {
    int block = table[position / cache.blockSize()];
    int keys = at + shape.heads() * shape.headDim();
    int values = keys + shape.kvHeads() * shape.headDim();
    for (int i = 0; i < shape.kvHeads(); i++) {
      int within = i * shape.headDim();
      cache.write(block, i, position % cache.blockSize(), row, keys + within, values + within);
    }
  }

  private void normalize(float[] norms, float[] row, int at, int heads) {
    for (int i = 0; i < heads; i++) {
      int from = at + i * shape.headDim();
      float scale = 1 / Lanes.norm(row, from, shape.headDim(), shape.headFloor());
      for (int j = 0; j < shape.headDim(); j++) {
        row[from + j] *= scale * norms[i * shape.headDim() + j];
      }
    }
  }

  /** Rotates pairs of neighbours as complex numbers. */
  private void rotateNumbers(float[] row, int at, int turn, int heads) {
    float[] turns = shape.turns();
    for (int i = 0; i < heads * shape.headDim(); i += 2) {
      float x = row[at + i];
      float y = row[at + i + 1];
      float cosine = turns[turn + i % shape.headDim()];
      float sine = turns[turn + i % shape.headDim() + 1];
      row[at + i] = x * cosine - y * sine;
      row[at + i + 1] = x * sine + y * cosine;
    }
  }

  /** The same to the bit, a vector of all heads after the other. */
  private void rotateVectors(float[] row, int at, int turn, int heads) {
    int width = shape.headDim();
    for (int i = 0; i < width; i += Lanes.COUNT) {
      FloatVector turns = FloatVector.fromArray(Lanes.FLOATS, shape.turns(), turn + i);
      FloatVector cosines = turns.rearrange(FIRST_OF_PAIR);
      FloatVector sines = turns.rearrange(SECOND_OF_PAIR).mul(SIGNS);
      for (int j = at + i; j < at + heads * width; j += width) {
        FloatVector numbers = FloatVector.fromArray(Lanes.FLOATS, row, j);
        FloatVector others = numbers.rearrange(OTHER_OF_PAIR);
        numbers.mul(cosines).add(others.mul(sines)).intoArray(row, j);
      }
    }
  }

  private static FloatVector signs() {
    float[] signs = new float[Lanes.COUNT];
    for (int lane = 0; lane < signs.length; lane++) {
      signs[lane] = lane % 2 == 0 ? -1 : 1;
    }
    return FloatVector.fromArray(Lanes.FLOATS, signs, 0);
  }
}
