package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.pushdown.State;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that may have so many tokens and no more: they are complete all the same. */
final class TokensLeftTest {
  private static final String TREE =
      """
      {"$defs":{"tree":{"type":"object","properties":{"name":{"type":"string","minLength":2},
       "children":{"type":"array","items":{"$ref":"#/$defs/tree"}}},"required":["name","children"],
       "additionalProperties":false}},"$ref":"#/$defs/tree"}
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        TREE,
        "{\"type\":\"array\",\"items\":{\"enum\":[\"abc\",\"value\"]},\"minItems\":3}",
        "{\"type\":\"object\",\"patternProperties\":{\"^[a-z]{3,}$\":{\"type\":\"number\"}},"
            + "\"additionalProperties\":false,\"minProperties\":2}",
        "{\"anyOf\":[{\"type\":\"integer\",\"minimum\":100000},{\"type\":\"string\",\"format\":\"date\"}]}",
        "{}",
      })
  void randomDocument_isCompleteWithinAnyNumberOfTokens(String schema) {
    isCompleteWithinAnyNumberOfTokens(
        Grammar.jsonSchema(schema, JsonStyle.COMPACT, TestLimits.PATIENT));
    isCompleteWithinAnyNumberOfTokens(
        Grammar.jsonSchema(schema, JsonStyle.ANY, TestLimits.PATIENT));
  }

  @Test
  void randomText_isCompleteWithinAnyNumberOfTokens() {
    isCompleteWithinAnyNumberOfTokens(
        Grammar.rules(
            "root ::= \"a\" sum\nsum ::= term (\"-\" term)*\nterm ::= \"1\" | \"(\" sum \")\"",
            TestLimits.PATIENT));
    isCompleteWithinAnyNumberOfTokens(
        Grammar.regex("(?:abc|日本){2,}(?:true|[0-9]{4})", TestLimits.PATIENT));
  }

  private static void isCompleteWithinAnyNumberOfTokens(Grammar grammar) {
    int least = grammar.start().shortest();
    Random random = new Random(7);
    for (int tokens = least; tokens < least + 60; tokens++) {
      GrammarMatcher matcher = new GrammarMatcher(grammar, TestTokens.VOCABULARY);
      for (int left = tokens; left > 0 && !matcher.mustEnd(); left--) {
        int token = any(matcher, left, random);
        if (token == TestTokens.END) {
          break;
        }
        assertThat(matcher.accept(token)).isTrue();
      }
      assertThat(matcher.canEnd()).as("within %d tokens", tokens).isTrue();
    }
  }

  private static int any(GrammarMatcher matcher, int left, Random random) {
    long[] mask = new long[TestTokens.VOCABULARY.words()];
    matcher.mask(mask, left);
    int[] tokens = BitSet.valueOf(mask).stream().toArray();
    assertThat(tokens).isNotEmpty();
    return tokens[random.nextInt(tokens.length)];
  }

  @Test
  void shortestText_isFoundThroughRecursionAndAlternatives() {
    assertThat(shortest(TREE)).isEqualTo("{\"name\":\"ab\",\"children\":[]}".length());
    assertThat(shortest("{\"type\":\"integer\",\"minimum\":100}")).isEqualTo(3);
    assertThat(shortest("{\"enum\":[\"abc\",12,null]}")).isEqualTo(2);
    assertThat(shortest("{\"type\":\"string\",\"pattern\":\"^(?:a|bb){3}$\"}")).isEqualTo(5);
  }

  @Test
  void schemaOfManyWays_isNotSearchedForLong() {
    String properties =
        IntStream.range(0, 500)
            .mapToObj("\"p%d\":{\"type\":\"string\"}"::formatted)
            .collect(Collectors.joining(","));
    String schema = "{\"type\":\"object\",\"minProperties\":250,\"properties\":{%s}}";
    Grammar grammar =
        Grammar.jsonSchema(schema.formatted(properties), JsonStyle.ANY, TestLimits.PATIENT);
    GrammarMatcher matcher = new GrammarMatcher(grammar, TestTokens.VOCABULARY);
    long[] mask = new long[TestTokens.VOCABULARY.words()];

    assertThat(grammar.start().shortest()).isEqualTo(State.UNKNOWN);
    matcher.mask(mask, 1);
    assertThat(TestTokens.has(mask, '{')).isTrue();
  }

  private static int shortest(String schema) {
    return Grammar.jsonSchema(schema, JsonStyle.COMPACT, TestLimits.PATIENT).start().shortest();
  }

  @Test
  void enoughTokens_orTooFew_leaveAllThatMayCome() {
    Grammar grammar = Grammar.jsonSchema(TREE, JsonStyle.COMPACT, TestLimits.PATIENT);
    for (int left : new int[] {1, 10, 10_000}) {
      GrammarMatcher matcher = new GrammarMatcher(grammar, TestTokens.VOCABULARY);
      for (int token : TestTokens.encode("{\"name\":\"the")) {
        long[] free = new long[TestTokens.VOCABULARY.words()];
        long[] limited = free.clone();
        matcher.mask(free);
        matcher.mask(limited, left);
        assertThat(Arrays.equals(free, limited)).isTrue();
        matcher.accept(token);
      }
    }
  }
}
