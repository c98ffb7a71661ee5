package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.grammar.json.JsonStyle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How one answer goes through its grammar. */
final class GrammarMatcherTest {
  private static final Grammar PERSON =
      Grammar.jsonSchema(
          """
          {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},
           "required":["name","age"],"additionalProperties":false}
          """,
          JsonStyle.COMPACT,
          TestLimits.PATIENT);

  private static GrammarMatcher matcher(Grammar grammar) {
    return new GrammarMatcher(grammar, TestTokens.VOCABULARY);
  }

  private static long[] mask(GrammarMatcher matcher) {
    long[] mask = new long[TestTokens.VOCABULARY.words()];
    Arrays.fill(mask, -1);
    matcher.mask(mask);
    return mask;
  }

  private static void accept(GrammarMatcher matcher, String text) {
    for (int token : TestTokens.encode(text)) {
      assertThat(matcher.accept(token)).as(text).isTrue();
    }
  }

  @Test
  void end_isAllowedWhereTheGrammarCanEnd() {
    GrammarMatcher matcher = matcher(PERSON);
    assertThat(TestTokens.has(mask(matcher), TestTokens.END)).isFalse();
    assertThat(matcher.accept(TestTokens.END)).isFalse();
    accept(matcher, "{\"name\":\"x\",\"age\":1");
    assertThat(matcher.canEnd()).isFalse();
    accept(matcher, "}");
    assertThat(matcher.canEnd()).isTrue();
    assertThat(matcher.mustEnd()).isTrue();
    assertThat(GrammarMatcher.onlyToken(mask(matcher))).isEqualTo(TestTokens.END);
    assertThat(matcher.accept(TestTokens.END)).isTrue();
    assertThat(matcher.hasEnded()).isTrue();
    assertThat(mask(matcher)).containsOnly(0);
    assertThat(matcher.accept('x')).isFalse();
  }

  @Test
  void specialTokens_areNeverAllowed() {
    GrammarMatcher matcher = matcher(Grammar.regex("(?:.|\\n)*", TestLimits.PATIENT));
    assertThat(TestTokens.has(mask(matcher), TestTokens.SPECIAL)).isFalse();
    assertThat(matcher.accept(TestTokens.SPECIAL)).isFalse();
    assertThat(matcher.accept(-1)).isFalse();
    assertThat(matcher.accept(1 << 20)).isFalse();
  }

  @Test
  void refusedToken_changesNothing() {
    GrammarMatcher matcher = matcher(PERSON);
    accept(matcher, "{\"na");
    int length = matcher.length();
    long[] before = mask(matcher);
    assertThat(matcher.accept('x')).isFalse();
    assertThat(matcher.length()).isEqualTo(length);
    assertThat(mask(matcher)).isEqualTo(before);
    accept(matcher, "me\":");
  }

  @Test
  void keys_comeInTheSchemasOrder() {
    GrammarMatcher matcher = matcher(PERSON);
    accept(matcher, "{\"");
    assertThat(matcher.accept('a')).isFalse();
    assertThat(new String(matcher.forcedBytes(), StandardCharsets.UTF_8)).isEqualTo("name\":\"");
  }

  @Test
  void forcedBytes_endWhereThereIsAChoice() {
    GrammarMatcher matcher = matcher(PERSON);
    assertThat(new String(matcher.forcedBytes(), StandardCharsets.UTF_8)).isEqualTo("{\"name\":\"");
    accept(matcher, "{\"name\":\"x\"");
    assertThat(new String(matcher.forcedBytes(), StandardCharsets.UTF_8)).isEqualTo(",\"age\":");
  }

  @Test
  void characters_mayBeSplitIntoBytes() {
    Grammar grammar = Grammar.regex("[é日]+", TestLimits.PATIENT);
    GrammarMatcher matcher = matcher(grammar);
    assertThat(matcher.accept(0xe6)).isTrue();
    assertThat(matcher.canEnd()).isFalse();
    assertThat(matcher.accept(0xc3)).isFalse();
    assertThat(matcher.accept(0x97)).isTrue();
    assertThat(matcher.accept(0xa5)).isTrue();
    assertThat(matcher.canEnd()).isTrue();
    assertThat(matcher.accept(0xff)).isFalse();
  }

  @Test
  void rollback_takesTokensBack() {
    GrammarMatcher matcher = matcher(PERSON);
    accept(matcher, "{\"name\":\"x\",\"age\":12}");
    long[] before = mask(matcher);
    assertThat(matcher.accept(TestTokens.END)).isTrue();
    matcher.rollback(1);
    assertThat(mask(matcher)).isEqualTo(before);
    matcher.rollback(2);
    accept(matcher, "0}");
    assertThatThrownBy(() -> matcher.rollback(1000)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void forks_goTheirOwnWays() {
    GrammarMatcher one = matcher(PERSON);
    accept(one, "{\"name\":\"");
    GrammarMatcher other = one.fork();
    accept(one, "x\",");
    accept(other, "abc");
    assertThat(mask(one)).isNotEqualTo(mask(other));
    accept(other, "\",\"age\":3}");
    assertThat(other.canEnd()).isTrue();
    assertThat(one.canEnd()).isFalse();
  }

  @Test
  void replay_leadsToTheSamePlace() {
    int[] tokens = TestTokens.encode("{\"name\":\"日本\",\"age\":1");
    GrammarMatcher first = matcher(PERSON);
    for (int i = 0; i < tokens.length; i++) {
      GrammarMatcher again = matcher(PERSON);
      for (int k = 0; k < i; k++) {
        assertThat(again.accept(tokens[k])).isTrue();
      }
      assertThat(mask(again)).isEqualTo(mask(first));
      first.accept(tokens[i]);
    }
  }

  @Test
  void grammars_areSharedByThreads() {
    Grammar grammar = Grammar.jsonObject(JsonStyle.COMPACT, TestLimits.PATIENT);
    String text = "{\"a\":[1,2,{\"the\":\"value\"}],\"name\":null}";
    List<Boolean> all =
        IntStream.range(0, 200)
            .parallel()
            .mapToObj(
                any -> {
                  GrammarMatcher matcher = matcher(grammar);
                  long[] mask = new long[TestTokens.VOCABULARY.words()];
                  for (int token : TestTokens.encode(text)) {
                    matcher.mask(mask);
                    if (!TestTokens.has(mask, token) || !matcher.accept(token)) {
                      return false;
                    }
                  }
                  return matcher.canEnd();
                })
            .toList();
    assertThat(all).doesNotContain(false);
  }
}
