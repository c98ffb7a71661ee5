package io.millrace.engine.speculation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.speculation.NgramIndex.Match;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class NgramIndexTest {

  @Test
  void match_isTheLongestRun() {
    NgramIndex index = index(2, 4, 1, 2, 3, 9, 7, 2, 3, 8, 1, 2, 3);
    assertThat(index.match()).isEqualTo(new Match(3, 3));
  }

  @Test
  void match_ofEquallyLongRunsIsTheLatest() {
    NgramIndex index = index(2, 2, 1, 2, 3, 1, 2, 4, 1, 2);
    assertThat(index.match()).isEqualTo(new Match(5, 2));
  }

  @Test
  void match_comparesNoMoreThanTheLongest() {
    NgramIndex index = index(1, 2, 1, 2, 3, 4, 1, 2, 3);
    assertThat(index.match()).isEqualTo(new Match(3, 2));
  }

  @Test
  void match_mayOverlapWhatItContinues() {
    assertThat(index(2, 5, 6, 6, 6).match()).isEqualTo(new Match(2, 2));
  }

  @Test
  void match_isNoneForWhatIsNew() {
    assertThat(index(2, 4).match()).isNull();
    assertThat(index(2, 4, 5).match()).isNull();
    assertThat(index(2, 4, 1, 2, 3, 1).match()).isNull();
  }

  @Test
  void match_isWhatASlowSearchFinds() {
    Random random = new Random(3);
    for (int run = 0; run < 50; run++) {
      int shortest = 1 + random.nextInt(3);
      int longest = shortest + random.nextInt(4);
      int[] tokens = random.ints(200, 0, 30).toArray();
      NgramIndex index = new NgramIndex(shortest, longest);
      for (int i = 0; i < tokens.length; i++) {
        index.add(tokens[i]);
        assertThat(index.match()).isEqualTo(slowly(tokens, i + 1, shortest, longest));
      }
    }
  }

  @Test
  void emptyNgrams_areRefused() {
    assertThatThrownBy(() -> new NgramIndex(0, 3)).hasMessage("n-grams of 0 to 3");
    assertThatThrownBy(() -> new NgramIndex(3, 2)).hasMessage("n-grams of 3 to 2");
  }

  private static @Nullable Match slowly(int[] tokens, int size, int shortest, int longest) {
    Match best = null;
    for (int next = 1; next < size; next++) {
      int length = 0;
      while (length < Math.min(longest, next)
          && tokens[next - 1 - length] == tokens[size - 1 - length]) {
        length++;
      }
      if (length >= shortest && (best == null || length >= best.length())) {
        best = new Match(next, length);
      }
    }
    return best;
  }

  private static NgramIndex index(int shortest, int longest, int... tokens) {
    NgramIndex index = new NgramIndex(shortest, longest);
    IntStream.of(tokens).forEach(index::add);
    return index;
  }
}
