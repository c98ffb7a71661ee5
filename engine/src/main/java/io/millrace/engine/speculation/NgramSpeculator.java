package io.millrace.engine.speculation;

import io.millrace.engine.speculation.NgramIndex.Match;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The speculator by n-grams: proposes what followed a sequence's last tokens where they stood
 * before, as many tokens as gain most by the {@link HitRates} so far, and none where nothing is to
 * be gained. What wrong proposals cost is limited besides: it is taken from a balance that right
 * ones fill, and each token a little.
 *
 * <p>What is proposed depends on nothing but the sequence's tokens, and how many share its steps.
 */
final class NgramSpeculator implements Speculator {
  /** Tokens that may be lost before any is gained. */
  private static final double FIRST_BALANCE = 2;

  /** Tokens that may be lost for each one of the answer. */
  private static final double ALLOWANCE = 0.01;

  /** What was gained long ago is no reason to lose as much. */
  private static final double MOST_BALANCE = 8;

  private final NgramSpeculation settings;
  private final NgramIndex index;
  private final HitRates rates = new HitRates();
  private @Nullable Match match;
  private double balance = FIRST_BALANCE;
  private int sequences = 1;

  NgramSpeculator(NgramSpeculation settings, int[] prompt) {
    this.settings = settings;
    this.index = new NgramIndex(settings.promptLookupMin(), settings.promptLookupMax());
    for (int token : prompt) {
      index.add(token);
    }
    match = index.match();
  }

  @Override
  public int numTokens() {
    return index.size();
  }

  @Override
  public void add(int token) {
    Match before = match;
    boolean hit = before != null && index.token(before.next()) == token;
    if (before != null) {
      rates.add(before.length(), hit);
    }
    index.add(token);
    // What has gone on as it did before is followed further, and known to be longer than what is
    // looked for.
    match = before != null && hit ? before.followed() : index.match();
    balance = Math.min(MOST_BALANCE, balance + ALLOWANCE);
  }

  @Override
  public List<Integer> propose(int most, int sharing) {
    sequences = sharing;
    Match found = match;
    if (found == null) {
      return List.of();
    }
    int count = bestCount(found.length(), Math.min(most, settings.numSpeculativeTokens()));
    List<Integer> proposed = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = found.next() + i;
      proposed.add(at < index.size() ? index.token(at) : proposed.get(at - index.size()));
    }
    return proposed;
  }

  @Override
  public void settle(int proposed, int accepted) {
    balance = Math.min(MOST_BALANCE, balance + accepted - RowCost.of(proposed, sequences));
  }

  /** The count that gains most, of those that can be afforded. */
  private int bestCount(int length, int most) {
    int best = 0;
    double bestGain = 0;
    double likely = 1;
    double expected = 0;
    for (int count = 1; count <= most; count++) {
      likely *= rates.at(length + count - 1);
      expected += likely;
      double cost = RowCost.of(count, sequences);
      if (cost > balance) {
        break;
      }
      if (expected - cost > bestGain) {
        best = count;
        bestGain = expected - cost;
      }
    }
    return best;
  }
}
