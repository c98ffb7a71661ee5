package io.millrace.engine.decoder;

import io.millrace.engine.model.ModelSpec;

/**
 * The shape that all layers of a decoder have in common: widths, heads, mask and rotation.
 *
 * @param window positions that a token sees, itself included; all of them unless it is positive
 * @param floor square root of hidden times epsilon
 * @param headFloor square root of headDim times epsilon
 * @param turns [positions, headDim / 2, 2], cosine and sine of each pair's turn (RoPE,
 *     arXiv:2104.09864); empty for none
 * @param slopes [heads], cost of each position of distance (ALiBi, arXiv:2108.12409); empty for
 *     none
 */
public record DecoderShape(
    int hidden,
    int heads,
    int kvHeads,
    int headDim,
    int intermediate,
    int window,
    float floor,
    float headFloor,
    float[] turns,
    float[] slopes) {

  /** The shape of a model. */
  public static DecoderShape of(ModelSpec spec) {
    return new DecoderShape(
        spec.hidden(),
        spec.heads(),
        spec.kvHeads(),
        spec.headDim(),
        spec.intermediate(),
        spec.window(),
        (float) Math.sqrt(spec.hidden() * spec.epsilon()),
        (float) Math.sqrt(spec.headDim() * spec.epsilon()),
        spec.positions().turns(spec.maxPositions(), spec.headDim()),
        spec.positions().slopes(spec.heads()));
  }

  /** Query heads that share a key head. */
  public int group() {
    return heads / kvHeads;
  }

  /** The first position that a token sees. */
  public int firstSeen(int position) {
    return window > 0 ? Math.max(0, position - window + 1) : 0;
  }
}
