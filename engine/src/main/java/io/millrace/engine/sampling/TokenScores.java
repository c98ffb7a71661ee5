package io.millrace.engine.sampling;

/**
 * The scores of one token: log-probabilities of the raw logits, before penalties, biases and
 * filters are applied.
 *
 * @param token the one that was sampled, or follows in the prompt
 * @param logprob log-probability of the token
 * @param rank 1 for the likeliest of all
 * @param topTokens the likeliest ones, best first
 * @param topLogprobs their log-probabilities
 */
public record TokenScores(
    int token, double logprob, int rank, int[] topTokens, double[] topLogprobs) {}
