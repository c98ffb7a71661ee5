package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Answers so long that work in their square would not end in the time that a test has. */
final class LongAnswerTest {
  private static final int LENGTH = 100_000;

  private static Answer parse(ToolCallFormat format, String text) {
    OutputFormat output = new OutputFormat(format, ReasoningTags.THINK, List.of());
    return Answer.of(output, false, Cuts.random(text, new Random(1), 8));
  }

  private static String repeated(String text) {
    return text.repeat(LENGTH / text.length());
  }

  @ParameterizedTest
  @EnumSource
  void triggers_areReadInOneGo(ToolCallFormat format) {
    for (String trigger : format.markers()) {
      String text = "a" + repeated(trigger + " ");
      assertThat(parse(format, text).content()).isEqualTo(text);
    }
  }

  @Test
  void argument_isToldWhileItIsWritten() {
    String value = repeated("\\n🌦 ");
    String text =
        "<tool_call>{\"name\": \"search\", \"arguments\": {\"query\": \"%s\"}}</tool_call>";

    Answer answer = parse(ToolCallFormat.HERMES, text.formatted(value));

    assertThat(answer.arguments()).containsExactly("{\"query\": \"%s\"}".formatted(value));
  }

  @Test
  void xmlArgument_isToldWhileItIsWritten() {
    String value = repeated("</parameter>\n\"");
    String text =
        "<tool_call><function=search><parameter=query>\n%s\n</parameter></function></tool_call>";

    Answer answer = parse(ToolCallFormat.QWEN3_CODER, text.formatted(value));

    assertThat(answer.content()).isEmpty();
    assertThat(answer.arguments().get(0)).hasSizeGreaterThan(LENGTH);
  }

  @Test
  void deepValue_breaksTheCall() {
    String text = "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": " + repeated("[");

    Answer answer = parse(ToolCallFormat.HERMES, text);

    assertThat(answer.calls()).hasSize(1);
    assertThat(answer.content()).hasSizeGreaterThan(LENGTH - 1000).startsWith("[[[");
  }

  @Test
  void spaceWithoutEnd_isKept() {
    String text = "a" + repeated(" \n");

    assertThat(parse(ToolCallFormat.HERMES, text).content()).isEqualTo(text);
  }
}
