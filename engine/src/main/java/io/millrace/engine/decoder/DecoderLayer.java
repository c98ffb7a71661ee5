package io.millrace.engine.decoder;

/**
 * One layer's weights.
 *
 * @param <M> how matrices are kept
 * @param qkv {@code [(heads + 2 kvHeads) * headDim, hidden]}: queries' heads, then keys', then
 *     values'; the two numbers that are rotated together are neighbours, and queries are scaled
 * @param output of attention, {@code [hidden, heads * headDim]}
 * @param gateUp {@code [2 * intermediate, hidden]}, packed by {@link RowOrder#HALVES}
 * @param down {@code [hidden, intermediate]}
 * @param headNorms {@code [heads + kvHeads, headDim]}, what normalised queries and keys are
 *     multiplied by; empty for queries and keys as they are
 */
public record DecoderLayer<M>(
    Linear<M> qkv, Linear<M> output, Linear<M> gateUp, Linear<M> down, float[] headNorms) {}
