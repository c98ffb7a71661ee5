package io.millrace.engine.speculation;

import io.millrace.engine.speculation.NgramIndex.Match;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The speculator by n-grams: proposes what followed a sequence's last tokens where they stood
 * before, as many tokens as gain most by the {@link HitRates} so far, and none where nothing is to
 * be gained. What wrong proposals cost is limited besides, by a {@link GainBalance}.
 *
 * <p>What is proposed depends on nothing but the sequence's tokens, and how many share its steps.
 */
final class NgramSpeculator implements Speculator {
  private final NgramSpeculation settings;
  private final NgramIndex index;
  private final HitRates rates = new HitRates();
  private final GainBalance balance = new GainBalance();
  private @Nullable Match match;
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
    balance.earn(1);
  }

  @Override
  public List<Integer> propose(int most, int sharing) {
    sequences = sharing;
    Match found = match;
    if (found == null) {
      return List.of();
    }
    int length = found.length();
    int count =
        balance.bestCount(
            Math.min(most, settings.numSpeculativeTokens()),
            tokens -> rates.at(length + tokens - 1),
            tokens -> RowCost.of(tokens, sharing));
    List<Integer> proposed = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = found.next() + i;
      proposed.add(at < index.size() ? index.token(at) : proposed.get(at - index.size()));
    }
    return proposed;
  }

  @Override
  public void settle(int proposed, int accepted) {
    balance.add(accepted - RowCost.of(proposed, sequences));
  }
}
