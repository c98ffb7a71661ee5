package io.millrace.worker.sampling;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is needed to choose the next token of one sequence.
 *
 * @param position of the token that is chosen, which numbers its random draw
 * @param counts of the tokens so far; null unless {@link Sampling#isPenalized}
 * @param forbidden tokens that may not come now
 */
public record SamplingRow(
    Sampling sampling, int position, @Nullable TokenCounts counts, Set<Integer> forbidden) {}
