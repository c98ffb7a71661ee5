package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.millrace.grammar.json.JsonStyle;
import io.millrace.grammar.json.KeyOrder;
import io.millrace.grammar.json.Whitespace;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Documents that are written by tokens drawn from masks are valid, whatever is drawn. */
final class RandomDocumentsTest {
  private static final int DOCUMENTS = 20;
  private static final int LONG = 100;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'object'}",
        "{'type':'integer','minimum':-37,'maximum':1200}",
        "{'type':'number','minimum':-1.25,'exclusiveMaximum':3.5}",
        "{'type':'number','multipleOf':0.5,'minimum':1}",
        "{'type':'string','minLength':2,'maxLength':7}",
        "{'type':'string','pattern':'^[a-f]{2,4}(-\\\\d+)?$'}",
        "{'type':'string','pattern':'x','not':{'pattern':'y'},'maxLength':30}",
        "{'type':'string','format':'date-time'}",
        "{'type':'string','format':'ipv6'}",
        "{'enum':['a',1,null,{'b':[true]},'日本']}",
        "{'type':'array','items':{'type':'integer'},'minItems':2,'maxItems':4}",
        "{'type':'array','contains':{'const':7},'items':{'type':'integer','minimum':0},'maxItems':9}",
        "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'string','maxLength':5},"
            + "'c':{'type':'array','items':{'type':'boolean'}}},'required':['b'],"
            + "'additionalProperties':false}",
        "{'type':'object','properties':{'a':{'type':'null'}},'additionalProperties':{'enum':[1,2]},"
            + "'maxProperties':3}",
        "{'type':'object','patternProperties':{'^x':{'type':'integer'},'y$':{'minimum':5}},"
            + "'additionalProperties':false}",
        "{'type':'object','propertyNames':{'pattern':'^[a-c]{1,3}$'},"
            + "'additionalProperties':{'type':'null'}}",
        "{'type':'object','oneOf':[{'required':['a']},{'required':['b']}],"
            + "'properties':{'a':{'type':'null'},'b':{'type':'null'}},'additionalProperties':false}",
        "{'oneOf':[{'type':'integer','minimum':0},{'type':'integer','maximum':10}]}",
        "{'type':'object','not':{'required':['a']},'additionalProperties':{'type':'boolean'}}",
        "{'$ref':'#/$defs/t','$defs':{'t':{'type':'object','properties':{'v':{'type':'integer'},"
            + "'k':{'type':'array','items':{'$ref':'#/$defs/t'}}},'required':['v'],"
            + "'additionalProperties':false}}}",
        "{'type':'object','if':{'properties':{'k':{'const':1}},'required':['k']},"
            + "'then':{'required':['x']},'properties':{'k':{'enum':[1,2]},'x':{'type':'null'}},"
            + "'additionalProperties':false}",
        "{'not':{'type':['object','array','string']}}",
        "{'type':'object','dependentRequired':{'a':['b']},'properties':{'a':{'type':'null'},"
            + "'b':{'type':'null'}},'additionalProperties':false}"
      })
  void documents_areValid(String quoted) {
    String source = quoted.replace('\'', '"');
    Schema validator =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(source);
    for (JsonStyle style :
        List.of(
            JsonStyle.COMPACT, JsonStyle.ANY, new JsonStyle(Whitespace.SPACED, KeyOrder.SCHEMA))) {
      Grammar grammar = Grammar.jsonSchema(source, style, TestLimits.PATIENT);
      for (int seed = 0; seed < DOCUMENTS; seed++) {
        String document = draw(grammar, new SplittableRandom(seed), seed == 0);
        assertThat(
                validator.validate(
                    document,
                    InputFormat.JSON,
                    it -> it.executionConfig(config -> config.formatAssertionsEnabled(true))))
            .as(document)
            .isEmpty();
      }
    }
  }

  /** Draws tokens; one that has become long draws mostly what is nearest to its end. */
  private static String draw(Grammar grammar, SplittableRandom random, boolean checked) {
    GrammarMatcher matcher = new GrammarMatcher(grammar, TestTokens.VOCABULARY);
    long[] mask = new long[TestTokens.VOCABULARY.words()];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (true) {
      matcher.mask(mask);
      List<Integer> allowed = allowed(mask);
      if (checked) {
        check(matcher, mask);
      }
      assertThat(allowed).as("a way on after %s", out).isNotEmpty();
      boolean isLong = out.size() > LONG;
      int token = allowed.get(random.nextInt(allowed.size()));
      if (isLong && allowed.contains(TestTokens.END)) {
        token = TestTokens.END;
      } else if (isLong && random.nextInt(4) > 0) {
        token = closing(allowed, token);
      }
      assertThat(matcher.accept(token)).isTrue();
      if (token == TestTokens.END) {
        return out.toString(StandardCharsets.UTF_8);
      }
      out.writeBytes(TestTokens.VOCABULARY.bytes(token));
    }
  }

  /** Inside a string nearly everything is allowed, and only its end leads on. */
  private static int closing(List<Integer> allowed, int otherwise) {
    String preferred = allowed.size() > 100 ? "\"" : "}]\":0";
    for (char c : preferred.toCharArray()) {
      if (allowed.contains((int) c)) {
        return c;
      }
    }
    return otherwise;
  }

  private static List<Integer> allowed(long[] mask) {
    return BitSet.valueOf(mask).stream().boxed().toList();
  }

  /** A mask must be what {@code accept} says of every token. */
  private static void check(GrammarMatcher matcher, long[] mask) {
    for (int token = 0; token < TestTokens.VOCABULARY.size(); token++) {
      boolean accepted = matcher.accept(token);
      if (accepted) {
        matcher.rollback(1);
      }
      assertThat(TestTokens.has(mask, token)).as("token %d", token).isEqualTo(accepted);
    }
  }
}
