package io.millrace.engine.sampling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The n-grams of one sequence, and the tokens that would repeat one of them: transformers' {@code
 * no_repeat_ngram_size}. N-grams are found by a rolling hash (Karp and Rabin 1987) and compared
 * token by token, so memory and time do not depend on n.
 */
public final class RepeatedNgrams {
  private static final long BASE = 0x9E3779B97F4A7C15L;

  /** Number of an n-gram's tokens without the last. */
  private final int prefix;

  private final long outgoing;
  private final Map<Long, List<Integer>> ends = new HashMap<>();
  private int[] tokens;
  private int size;
  private long hash;

  /**
   * @param ngramSize at least 1
   */
  public RepeatedNgrams(int ngramSize, int[] prompt) {
    this.prefix = ngramSize - 1;
    this.outgoing = power(prefix);
    this.tokens = new int[Math.max(16, prompt.length)];
    for (int token : prompt) {
      add(token);
    }
  }

  /** Takes the sequence's next token. */
  public void add(int token) {
    if (size >= prefix) {
      ends.computeIfAbsent(hash, h -> new ArrayList<>(1)).add(size);
    }
    if (size == tokens.length) {
      tokens = Arrays.copyOf(tokens, size * 2);
    }
    tokens[size++] = token;
    hash = hash * BASE + token + 1;
    if (size > prefix) {
      hash -= outgoing * (tokens[size - 1 - prefix] + 1);
    }
  }

  /** The tokens that would repeat an n-gram if they came next. */
  public Set<Integer> banned() {
    Set<Integer> banned = new HashSet<>();
    if (size >= prefix) {
      for (int end : ends.getOrDefault(hash, List.of())) {
        if (Arrays.equals(tokens, end - prefix, end, tokens, size - prefix, size)) {
          banned.add(tokens[end]);
        }
      }
    }
    return banned;
  }

  private static long power(int exponent) {
    long power = 1;
    long square = BASE;
    for (int rest = exponent; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        power *= square;
      }
      square *= square;
    }
    return power;
  }
}
