package io.millrace.engine.sampling;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The input of sampling the next token of one sequence.
 *
 * @param position of the token that is chosen, which numbers its random draw
 * @param counts of the tokens so far; null unless {@link Sampling#isPenalized}
 * @param forbidden tokens that may not come now
 * @param forced tokens of which one must come now; empty when all may
 * @param allowed the only tokens that may come now; empty when all may
 * @param mask the tokens that may come now; null when all may. A row with one has no tokens that
 *     are forbidden, forced or allowed: the mask knows of them
 * @param scored whether the chosen token's {@link TokenScores} are wanted
 * @param alternatives how many of the likeliest tokens they hold
 */
public record SamplingRow(
    Sampling sampling,
    int position,
    @Nullable TokenCounts counts,
    Set<Integer> forbidden,
    List<Integer> forced,
    List<Integer> allowed,
    @Nullable TokenMask mask,
    boolean scored,
    int alternatives) {

  /** A row without a forced token or scores. */
  public SamplingRow(
      Sampling sampling, int position, @Nullable TokenCounts counts, Set<Integer> forbidden) {
    this(sampling, position, counts, forbidden, List.of(), List.of(), null, false, 0);
  }
}
