package io.millrace.engine.vector;

/**
 * One layer's weights.
 *
 * @param <M> how matrices are kept
 * @param qkv queries' heads, then keys', then values'; the two numbers that are turned together lie
 *     together, and queries are scaled
 * @param output of attention
 * @param gateUp packed by {@link PackedMatrix.Order#HALVES}
 * @param headNorms [heads + kvHeads, headDim], what normalised queries and keys are multiplied by;
 *     empty for queries and keys as they are
 */
public record DecoderLayer<M>(
    Linear<M> qkv, Linear<M> output, Linear<M> gateUp, Linear<M> down, float[] headNorms) {}
