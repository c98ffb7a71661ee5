package io.millrace.engine.decoder;

import io.millrace.engine.simd.Lanes;

/**
 * The heads of queries, keys and values between projection and attention: RMSNorm of each head
 * where a family has it, rotary embedding, and writing to the cache.
 */
public final class AttentionHeads {
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
    for (int i = 0; i < rotated; i++) {
      int from = at + i * shape.headDim();
      if (norms.length > 0) {
        float scale = 1 / Lanes.norm(row, from, shape.headDim(), shape.headFloor());
        for (int j = 0; j < shape.headDim(); j++) {
          row[from + j] *= scale * norms[i * shape.headDim() + j];
        }
      }
      if (shape.turns().length > 0) {
        rotate(row, from, position * shape.headDim());
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

  /** Rotates pairs of neighbours as complex numbers. */
  private void rotate(float[] row, int at, int turn) {
    float[] turns = shape.turns();
    for (int i = 0; i < shape.headDim(); i += 2) {
      float x = row[at + i];
      float y = row[at + i + 1];
      float cosine = turns[turn + i];
      float sine = turns[turn + i + 1];
      row[at + i] = x * cosine - y * sine;
      row[at + i + 1] = x * sine + y * cosine;
    }
  }
}
