package io.millrace.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RepeatedNgramsTest {
  private static final int VOCAB = 3;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 40, 1_000_000_000})
  void banned_isWhatABruteForceSearchFinds(int ngramSize) {
    int[] tokens = new Random(5).ints(200, 0, VOCAB).toArray();
    RepeatedNgrams ngrams = new RepeatedNgrams(ngramSize, Arrays.copyOf(tokens, 50));
    for (int length = 50; length < tokens.length; length++) {
      assertThat(ngrams.banned())
          .as("after %d tokens", length)
          .isEqualTo(search(ngramSize, Arrays.copyOf(tokens, length)));
      ngrams.add(tokens[length]);
    }
  }

  @Test
  void banned_isNothingBeforeThereIsARun() {
    assertThat(new RepeatedNgrams(3, new int[] {7}).banned()).isEmpty();
    assertThat(new RepeatedNgrams(2, new int[] {7, 8, 7}).banned()).containsExactly(8);
  }

  private static Set<Integer> search(int ngramSize, int[] tokens) {
    Set<Integer> found = new HashSet<>();
    for (int end = ngramSize; end <= tokens.length; end++) {
      int[] run = Arrays.copyOfRange(tokens, end - ngramSize, end - 1);
      int[] tail = Arrays.copyOfRange(tokens, tokens.length - ngramSize + 1, tokens.length);
      if (Arrays.equals(run, tail)) {
        found.add(tokens[end - 1]);
      }
    }
    return found;
  }
}
