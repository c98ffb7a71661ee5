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
    hide(scores, at - from, from, Math.min(end, shape.firstSeen(position)));
    hide(scores, at - from, Math.max(from, position + 1), end);
  }

  private static void hide(float[] scores, int at, int begin, int end) {
    if (begin < end) {
      Arrays.fill(scores, at + begin, at + end, Float.NEGATIVE_INFINITY);
    }
  }
}
