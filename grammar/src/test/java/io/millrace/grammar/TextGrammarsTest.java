package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsatisfiableGrammarException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Grammars that are not about JSON: regular expressions, choices, rules. */
final class TextGrammarsTest {
  private static final String ARITHMETIC =
      """
      # sums of products
      root  ::= expr "\\n"?
      expr  ::= expr [+-] term | term
      term  ::= term "*" factor |
                factor
      factor ::= number | "(" expr ")"
      number ::= [0-9]{1,3} ("." [0-9]+)?
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [a-c]+\\d{2}        | abc12      | abc1
          (?:fo{2})?baz       | foobaz     | fobaz
          ^a.c$               | aéc        | ac
          a{2,3}              | aaa        | aaaa
          [^\\d\\s]+          | x-y        | x y
          (?=.*\\d)[a-z0-9]+  | abc1       | abc
          (?<n>x)(?P<m>y)     | xy         | x
          \\x41\\u0042        | AB         | ab
          a+?b                | aab        | b
          \\p{Lu}+            | ABÉ        | aB
          [\\w.-]+@[a-z]+     | a.b@c      | @c
          x{2,}               | xxxx       | x
          a{,2}               | aa         | aaa
          """)
  void regexes_describeWholeTexts(String regex, String matching, String other) {
    Grammar grammar = Grammar.regex(regex, TestLimits.PATIENT);
    assertThat(TestTokens.accepts(grammar, matching)).isTrue();
    assertThat(TestTokens.accepts(grammar, other)).isFalse();
  }

  @Test
  void regexThatMatchesNothing_isRefused() {
    assertThatThrownBy(() -> Grammar.regex("(?!a)a", TestLimits.PATIENT))
        .isInstanceOf(UnsatisfiableGrammarException.class);
  }

  @Test
  void choices_areAllThereIs() {
    Grammar grammar =
        Grammar.choice(List.of("positive", "negative", "neg", "日本"), TestLimits.PATIENT);
    for (String choice : List.of("positive", "negative", "neg", "日本")) {
      assertThat(TestTokens.accepts(grammar, choice)).isTrue();
    }
    assertThat(TestTokens.accepts(grammar, "nega")).isFalse();
    assertThat(TestTokens.accepts(grammar, "")).isFalse();
    assertThatThrownBy(() -> Grammar.choice(List.of(), TestLimits.PATIENT))
        .isInstanceOf(UnsatisfiableGrammarException.class);
  }

  @Test
  void rules_mayBeRecursiveOnEitherSide() {
    Grammar grammar = Grammar.rules(ARITHMETIC, TestLimits.PATIENT);
    for (String text : List.of("1", "1+2*3", "(1-2)*(3+4.5)", "((7))\n", "1+2+3+4")) {
      assertThat(TestTokens.accepts(grammar, text)).as(text).isTrue();
    }
    for (String text : List.of("", "1+", "(1", "1)", "1234", "1.", "*1")) {
      assertThat(TestTokens.accepts(grammar, text)).as(text).isFalse();
    }
  }

  @Test
  void rules_haveEscapesClassesAndRepetitions() {
    Grammar grammar =
        Grammar.rules(
            "root ::= \"\\x41\\u00e9\\\"\" [^a-z\\]\\n]{2} (\"x\" | \"y\")* . nested{1,2}\n"
                + "nested ::= \"<\" nested? \">\"",
            TestLimits.PATIENT);
    assertThat(TestTokens.accepts(grammar, "Aé\"12xyx日<>")).isTrue();
    assertThat(TestTokens.accepts(grammar, "Aé\"12x<><<>>")).isTrue();
    assertThat(TestTokens.accepts(grammar, "Aé\"1ax日<>")).isFalse();
    assertThat(TestTokens.accepts(grammar, "Aé\"12xyx日<><><>")).isFalse();
  }

  @Test
  void indirectLeftRecursion_isFollowed() {
    Grammar grammar =
        Grammar.rules("root ::= a\na ::= b \"x\" | \"s\"\nb ::= a \"y\"", TestLimits.PATIENT);
    assertThat(TestTokens.accepts(grammar, "s")).isTrue();
    assertThat(TestTokens.accepts(grammar, "syxyx")).isTrue();
    assertThat(TestTokens.accepts(grammar, "sy")).isFalse();
  }

  @Test
  void ambiguousRules_areFollowedAllAtOnce() {
    Grammar grammar =
        Grammar.rules("root ::= e\ne ::= \"a\" | \"(\" e e \")\" | e e", TestLimits.PATIENT);
    assertThat(TestTokens.accepts(grammar, "a(aa)(a(aaa))" + "a".repeat(50))).isTrue();
    assertThat(TestTokens.accepts(grammar, "a(a)")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x ::= \"a\"",
        "root ::= missing",
        "root ::= \"a",
        "root ::= [a",
        "root ::= (\"a\"",
        "root = \"a\"",
        "root ::= \"a\"{3,1}",
        "root ::= \"a\"\nroot ::= \"b\"",
        "root ::= <think>",
        "root ::= root",
        "root ::= \"a\" root",
        "root ::= x root | \"b\"\nx ::= \"a\"? y\ny ::= root | \"\"",
        "root ::= ((root \"a\"){0,9999}){0,9999}",
        ""
      })
  void malformedOrEndlessRules_areRefused(String rules) {
    assertThatThrownBy(() -> Grammar.rules(rules, TestLimits.PATIENT))
        .isInstanceOf(GrammarException.class);
  }

  @Test
  void refusal_saysWhere() {
    assertThatThrownBy(() -> Grammar.rules("root ::= a\na := \"b\"", TestLimits.PATIENT))
        .isInstanceOf(GrammarSyntaxException.class)
        .hasMessageContaining("line 2");
  }
}
