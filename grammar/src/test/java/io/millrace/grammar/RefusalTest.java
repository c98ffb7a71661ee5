package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsatisfiableGrammarException;
import io.millrace.grammar.error.UnsupportedGrammarException;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.limit.GrammarLimits;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and by which name; schemas are hostile. */
final class RefusalTest {
  private static final GrammarLimits SMALL =
      new GrammarLimits(1000, 20, 3000, 50, 100, Duration.ofSeconds(5));

  private static Grammar schema(String schema) {
    return Grammar.jsonSchema(schema.replace('\'', '"'), JsonStyle.ANY, GrammarLimits.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          uniqueItems           | /properties/a | {'properties':{'a':{'uniqueItems':true}}}
          unevaluatedProperties | /items        | {'items':{'unevaluatedProperties':false}}
          unevaluatedItems      | ``            | {'unevaluatedItems':false}
          $dynamicRef           | ``            | {'$dynamicRef':'#x'}
          $ref                  | /not          | {'not':{'$ref':'https://example.com/other'}}
          pattern               | ``            | {'pattern':'(a)\\\\1'}
          pattern               | ``            | {'pattern':'(?<=a)b'}
          pattern               | ``            | {'pattern':'\\\\bfoo'}
          format                | ``            | {'format':'regex'}
          multipleOf            | ``            | {'multipleOf':1e-40}
          """)
  void keywordsThatCannotBeEnforced_areRefusedByName(String keyword, String at, String schema) {
    assertThatThrownBy(() -> schema(schema))
        .isInstanceOfSatisfying(
            UnsupportedGrammarException.class,
            it -> {
              assertThat(it.keyword()).isEqualTo(keyword);
              assertThat(it.pointer()).isEqualTo(at);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'type':'strnig'}
          {'type':
          [1]
          {'properties':[]}
          {'required':'a'}
          {'minLength':-1}
          {'minItems':1.5}
          {'pattern':'['}
          {'pattern':'a{3,1}'}
          {'pattern':'a**)'}
          {'$ref':'#/nowhere'}
          {'$ref':'#'}
          {'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}},'$ref':'#/$defs/a'}
          {'anyOf':[]}
          {'enum':5}
          """)
  void malformedSchemas_areRefused(String schema) {
    assertThatThrownBy(() -> schema(schema)).isInstanceOf(GrammarSyntaxException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          false
          {'enum':[]}
          {'type':'integer','minimum':3,'maximum':2}
          {'type':'integer','minimum':1.2,'maximum':1.8}
          {'type':'string','minLength':3,'maxLength':2}
          {'type':'string','pattern':'^a$','minLength':2}
          {'type':'object','required':['a'],'properties':{'a':false}}
          {'type':'object','required':['a'],'properties':{'a':{'$ref':'#'}}}
          {'type':'array','minItems':2,'items':false}
          {'allOf':[{'type':'string'},{'type':'integer'}]}
          """)
  void schemasThatNothingSatisfies_areRefused(String schema) {
    assertThatThrownBy(() -> schema(schema)).isInstanceOf(UnsatisfiableGrammarException.class);
  }

  @Test
  void deepNesting_isRefused() {
    String deep = "{\"items\":".repeat(5000) + "{}" + "}".repeat(5000);
    assertThatThrownBy(() -> schema(deep)).isInstanceOf(GrammarException.class);
    String groups = "(".repeat(5000) + "a" + ")".repeat(5000);
    assertThatThrownBy(() -> Grammar.regex(groups, GrammarLimits.DEFAULT))
        .isInstanceOf(GrammarLimitException.class);
    assertThatThrownBy(() -> Grammar.rules("root ::= " + groups, GrammarLimits.DEFAULT))
        .isInstanceOf(GrammarLimitException.class);
  }

  @Test
  void longSources_areRefused() {
    assertThatThrownBy(() -> Grammar.regex("a".repeat(1001), SMALL))
        .isInstanceOf(GrammarLimitException.class)
        .hasMessage("the regex needs more than 1000 characters");
    assertThatThrownBy(() -> Grammar.choice(List.of("a".repeat(1001)), SMALL))
        .isInstanceOf(GrammarLimitException.class);
    assertThatThrownBy(() -> Grammar.rules("#" + "a".repeat(1001), SMALL))
        .isInstanceOf(GrammarLimitException.class);
  }

  @Test
  void manyAlternatives_areRefused() {
    String or = "{'anyOf':[{'required':['%s']},{'required':['%s']}]}";
    StringBuilder all = new StringBuilder("{'type':'object','allOf':[");
    for (int i = 0; i < 12; i++) {
      all.append(i == 0 ? "" : ",").append(or.formatted("a" + i, "b" + i));
    }
    assertThatThrownBy(() -> schema(all.append("]}").toString()))
        .isInstanceOf(GrammarLimitException.class);
  }

  @Test
  void automataThatExplode_areRefusedWhenTheyDo() {
    Grammar grammar = Grammar.regex("(.*a.{200}b)|(.*b.{200}a)", SMALL);
    GrammarMatcher matcher = new GrammarMatcher(grammar, TestTokens.VOCABULARY);
    assertThatThrownBy(
            () -> {
              SplittableRandom random = new SplittableRandom(1);
              for (int i = 0; i < 10_000; i++) {
                matcher.accept(random.nextBoolean() ? 'a' : 'b');
              }
            })
        .isInstanceOf(GrammarLimitException.class);
  }

  @Test
  void excerptsOfClients_areShort() {
    String long1 = "x".repeat(500);
    assertThatThrownBy(() -> schema("{'type':'" + long1 + "'}"))
        .satisfies(it -> assertThat(it.getMessage()).hasSizeLessThan(160));
  }
}
