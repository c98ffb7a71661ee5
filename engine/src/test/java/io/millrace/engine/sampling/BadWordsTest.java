package io.millrace.engine.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BadWordsTest {
  private static final Map<String, int[]> TOKENS =
      Map.of(
          "bad", new int[] {5},
          " bad", new int[] {6},
          "very bad", new int[] {7, 6},
          " very bad", new int[] {8, 6},
          "rare", new int[] {9},
          " rare", new int[] {1, 9},
          "beyond", new int[] {400},
          " beyond", new int[] {1, 400});

  @Test
  void word_isForbiddenAtTheBeginningAndAfterASpace() {
    assertThat(banned(List.of("bad"))).containsExactlyInAnyOrder(5, 6);
    assertThat(banned(List.of("  bad"))).containsExactlyInAnyOrder(5, 6);
    assertThat(banned(List.of("rare"))).containsExactly(9);
  }

  @Test
  void lastTokenOfARun_isForbiddenAfterTheOthers() {
    assertThat(banned(List.of("very bad"))).isEmpty();
    assertThat(banned(List.of("very bad"), 3, 7)).containsExactly(6);
    assertThat(banned(List.of("very bad"), 8)).containsExactly(6);
    assertThat(banned(List.of("very bad"), 7, 3)).isEmpty();
  }

  @Test
  void tokenThatTheModelLacks_isNone() {
    assertThat(banned(List.of("beyond"))).isEmpty();
  }

  private static Iterable<Integer> banned(List<String> words, int... answer) {
    return BadWords.of(words, TOKENS::get, 384).banned(answer.length, i -> answer[i]);
  }
}
