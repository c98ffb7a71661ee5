package io.millrace.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopMatcherTest {

  @Test
  void append_stopAcrossPieces_isCut() {
    StopMatcher matcher = new StopMatcher(List.of("\nUser:"), false);
    assertThat(matcher.append("Yes.\nUs")).isEqualTo("Yes.");
    assertThat(matcher.matched()).isFalse();
    assertThat(matcher.append("er: more")).isEmpty();
    assertThat(matcher.matched()).isTrue();
    assertThat(matcher.append("more")).isEmpty();
    assertThat(matcher.finish()).isEmpty();
  }

  @Test
  void append_tailThatFailsToMatch_isReleased() {
    StopMatcher matcher = new StopMatcher(List.of("###"), false);
    assertThat(matcher.append("a##")).isEqualTo("a");
    assertThat(matcher.append("b")).isEqualTo("##b");
    assertThat(matcher.append("#")).isEmpty();
    assertThat(matcher.finish()).isEqualTo("#");
  }

  @Test
  void append_overlappingStops_endAtTheOneThatIsCompleteFirst() {
    StopMatcher matcher = new StopMatcher(List.of("abcd", "bc", "c"), false);
    assertThat(matcher.append("xabcd")).isEqualTo("xa");
    assertThat(matcher.matched()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    // Stop, text, what is shown of it.
    "\uD83D, a😀b, a😀b",
    "\uDE00, a😀b, a😀b",
    "\uDE00b, a😀b, a😀b",
    "a\uD83D, a😀b, a😀b",
    "\uD83D, a\uFFFDb, a",
    "\uFFFD, a\uFFFDb, a",
    "😀, a😀b, a",
    "😀, a😁b, a😁b",
    "😁, 😀😁, 😀",
  })
  void append_halvesOfCharacters_neverCutOne(String stop, String text, String shown) {
    StopMatcher matcher = new StopMatcher(List.of(stop), false);
    StringBuilder all = new StringBuilder();
    text.codePoints().forEach(c -> all.append(matcher.append(Character.toString(c))));
    assertThat(all + matcher.finish()).isEqualTo(shown);
    assertThat(matcher.matched()).isEqualTo(!shown.equals(text));
  }

  @Test
  void append_withoutStops_holdsNothing() {
    StopMatcher matcher = new StopMatcher(List.of(), false);
    assertThat(matcher.append("anything")).isEqualTo("anything");
    assertThat(matcher.finish()).isEmpty();
  }

  @Test
  void append_randomTexts_agreesWithNaiveSearch() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      List<String> stops = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        stops.add(text(random, 1 + random.nextInt(5)));
      }
      String text = text(random, random.nextInt(30));
      check(stops, text, random);
    }
  }

  private static void check(List<String> stops, String text, Random random) {
    StopMatcher matcher = new StopMatcher(stops, false);
    StringBuilder shown = new StringBuilder();
    int given = 0;
    while (given < text.length() && !matcher.matched()) {
      int next = Math.min(text.length(), given + 1 + random.nextInt(6));
      shown.append(matcher.append(text.substring(given, next)));
      given = next;
      if (!matcher.matched()) {
        assertThat(given - shown.length())
            .as("held back of %s with %s", text.substring(0, given), stops)
            .isEqualTo(longestBeginning(stops, text.substring(0, given)));
      }
    }
    boolean matched = matcher.matched();
    shown.append(matcher.finish());
    int end = naiveEnd(stops, text);
    assertThat(matched).as("%s in %s", stops, text).isEqualTo(end >= 0);
    assertThat(shown.toString())
        .as("%s in %s", stops, text)
        .isEqualTo(end < 0 ? text : text.substring(0, end));
  }

  /** Where the text ends: before the longest stop string that ends first; -1 for none. */
  private static int naiveEnd(List<String> stops, String text) {
    for (int end = 1; end <= text.length(); end++) {
      String sofar = text.substring(0, end);
      int longest = stops.stream().filter(sofar::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return end - longest;
      }
    }
    return -1;
  }

  private static int longestBeginning(List<String> stops, String text) {
    int longest = 0;
    for (String stop : stops) {
      for (int length = 1; length < stop.length(); length++) {
        if (text.endsWith(stop.substring(0, length))) {
          longest = Math.max(longest, length);
        }
      }
    }
    return longest;
  }

  private static String text(Random random, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) ('a' + random.nextInt(3)));
    }
    return text.toString();
  }

  @Test
  void stop_isPartOfTheTextIfIncluded() {
    StopMatcher matcher = new StopMatcher(List.of("END"), true);
    assertThat(matcher.append("so E") + matcher.append("ND more")).isEqualTo("so END");
    assertThat(matcher.matched()).isTrue();
  }

  @Test
  void stop_thatMayNotMatchYetEndsNothing() {
    StopMatcher matcher = new StopMatcher(List.of("aa"), false);
    assertThat(matcher.append("aaa", false) + matcher.append("b", true)).isEqualTo("aaab");
    assertThat(matcher.matched()).isFalse();
    assertThat(matcher.append("xa", false) + matcher.append("a", true)).isEqualTo("x");
    assertThat(matcher.matched()).isTrue();
  }
}
