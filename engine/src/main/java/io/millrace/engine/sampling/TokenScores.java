package io.millrace.engine.sampling;

/**
 * What the model thought of one token before anybody's wishes were applied: log-probabilities of
 * the raw logits.
 *
 * @param token the one that was taken
 * @param logprob its own
 * @param rank 1 for the likeliest of all
 * @param topTokens the likeliest ones, best first
 * @param topLogprobs theirs
 */
public record TokenScores(
    int token, double logprob, int rank, int[] topTokens, double[] topLogprobs) {}
