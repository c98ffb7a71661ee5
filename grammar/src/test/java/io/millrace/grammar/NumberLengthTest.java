package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.grammar.json.JsonStyle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers of answers end; texts that are checked may have any. */
final class NumberLengthTest {
  private static final String LONG = "1." + "0".repeat(31);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"number\"}",
        "{\"type\":\"number\",\"minimum\":0.5}",
        "{\"type\":\"number\",\"multipleOf\":0.01}",
        "true"
      })
  void numberOfAnAnswer_hasAnEnd(String schema) {
    assertThat(accepts(schema, JsonStyle.COMPACT, LONG.substring(0, 20))).isTrue();
    assertThat(accepts(schema, JsonStyle.COMPACT, LONG)).isFalse();
    assertThat(accepts(schema, JsonStyle.COMPACT, "1".repeat(41))).isFalse();
    assertThat(accepts(schema, JsonStyle.ANY, LONG)).isTrue();
    assertThat(accepts(schema, JsonStyle.ANY, "1".repeat(41))).isTrue();
  }

  @Test
  void exponentOfAnAnswer_hasAnEnd() {
    String schema = "{\"type\":\"number\"}";
    assertThat(accepts(schema, JsonStyle.COMPACT, "1.5e-308")).isTrue();
    assertThat(accepts(schema, JsonStyle.COMPACT, "9.5E+299")).isTrue();
    assertThat(accepts(schema, JsonStyle.COMPACT, "1e0000")).isFalse();
    assertThat(accepts(schema, JsonStyle.COMPACT, "1e400")).as("no double").isFalse();
  }

  @Test
  void numbersThatAreAllLong_areWritten() {
    String huge = "1" + "0".repeat(45);
    String schema = "{\"type\":\"integer\",\"minimum\":%s}".formatted(huge);
    assertThat(accepts(schema, JsonStyle.COMPACT, huge)).isTrue();
    String exact = "0." + "3".repeat(35);
    assertThat(accepts("{\"const\":%s}".formatted(exact), JsonStyle.COMPACT, exact)).isTrue();
  }

  private static boolean accepts(String schema, JsonStyle style, String text) {
    return TestTokens.accepts(Grammar.jsonSchema(schema, style, TestLimits.PATIENT), text);
  }
}
