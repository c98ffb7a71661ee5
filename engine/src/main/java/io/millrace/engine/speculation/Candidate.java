package io.millrace.engine.speculation;

import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.sampling.TokenCounts;
import io.millrace.engine.schedule.Sequence;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A sequence for which tokens may be proposed, and how its own tokens are chosen.
 *
 * @param sequence lacks one token
 * @param most tokens that may be proposed; 0 for none
 * @param counts of its tokens so far; null unless {@link Sampling#isPenalized}
 */
public record Candidate(
    Sequence sequence, int most, Sampling sampling, @Nullable TokenCounts counts) {

  public Candidate {
    most = Math.max(0, most);
  }

  /** A candidate whose tokens are the likeliest. */
  public static Candidate greedy(Sequence sequence, int most) {
    return new Candidate(sequence, most, Sampling.GREEDY, null);
  }

  /** The sampling of a token, as far as it can be told before those in front of it are known. */
  SamplingRow row(int position) {
    return new SamplingRow(
        sampling,
        position,
        counts,
        Set.of(),
        List.of(),
        sampling.rules().allowedTokenIds(),
        null,
        false,
        0);
  }

  /** The sampling of the likeliest token, whatever the sequence asks for. */
  SamplingRow greedyRow(int position) {
    return greedy(sequence, most).row(position);
  }
}
