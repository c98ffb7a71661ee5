package io.millrace.engine.sampling;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The counts of each token in one sequence's answer; 0 for tokens of the prompt only. */
public final class TokenCounts {
  private final Map<Integer, Integer> counts = new LinkedHashMap<>();

  public TokenCounts(int[] prompt) {
    for (int token : prompt) {
      counts.put(token, 0);
    }
  }

  /** Counts a token of the answer. */
  public void add(int token) {
    counts.merge(token, 1, Integer::sum);
  }

  int size() {
    return counts.size();
  }

  void forEach(BiConsumer<Integer, Integer> action) {
    counts.forEach(action);
  }
}
