package io.millrace.engine.decoder;

/**
 * The weights of one decoder layer.
 *
 * @param <M> type of the packed matrices
 * @param qkv {@code [(heads + 2 kvHeads) * headDim, hidden]}: queries' heads, then keys', then
 *     values'; the two numbers that are rotated together are neighbours, and queries are scaled
 * @param output of attention, the projection back, {@code [hidden, heads * headDim]}
 * @param gateUp {@code [2 * intermediate, hidden]}, packed by {@link RowOrder#HALVES}
 * @param down {@code [hidden, intermediate]}
 * @param headNorms {@code [heads + kvHeads, headDim]}, weights of the norm of each head of queries
 *     and keys; empty if heads are not normalised
 */
public record DecoderLayer<M>(
    Linear<M> qkv, Linear<M> output, Linear<M> gateUp, Linear<M> down, float[] headNorms) {}
