package io.millrace.engine.decoder;

import java.util.Arrays;

/**
 * The attention mask: causal, within a sliding window (Longformer, arXiv:2004.05150), with linear
 * biases for distance (ALiBi, arXiv:2108.12409).
 */
public final class AttentionMask {
  private final DecoderShape shape;

  public AttentionMask(DecoderShape shape) {
    this.shape = shape;
  }

  /**
   * Masks a query's scores of consecutive tokens: minus infinity for those it does not see.
   *
   * @param at index at which the scores begin
   * @param head of the query
   * @param position of the query
   * @param from position of the first token
   * @param count tokens
   */
  public void apply(float[] scores, int at, int head, int position, int from, int count) {
    int end = from + count;
    if (shape.slopes().length > 0) {
      float slope = shape.slopes()[head];
      int seen = Math.min(end, position + 1);
      for (int i = from; i < seen; i++) {
        scores[at + i - from] += slope * (i - position);
      }
    }
    hide(scores, at, position, from, count, Float.NEGATIVE_INFINITY);
  }

  /**
   * Clears a query's weights of tokens that it does not see: what blocks hold there must not even
   * decide how a sum is rounded, however little it weighs.
   *
   * @param at index at which the weights begin
   */
  public void clear(float[] weights, int at, int position, int from, int count) {
    hide(weights, at, position, from, count, 0);
  }

  private void hide(float[] numbers, int at, int position, int from, int count, float by) {
    int end = from + count;
    fill(numbers, at - from, from, Math.min(end, shape.firstSeen(position)), by);
    fill(numbers, at - from, Math.max(from, position + 1), end, by);
  }

  private static void fill(float[] numbers, int at, int begin, int end, float by) {
    if (begin < end) {
      Arrays.fill(numbers, at + begin, at + end, by);
    }
  }
}
