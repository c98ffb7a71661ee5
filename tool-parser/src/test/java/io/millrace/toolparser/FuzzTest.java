package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random texts made of what the notations are made of: no exception, the same however they are cut,
 * and no word lost.
 */
final class FuzzTest {
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 400);
  private static final Pattern WORD = Pattern.compile("w\\d+");

  private static final List<String> PARTS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "(",
          ")",
          "<",
          ">",
          "\"",
          "'",
          ",",
          ":",
          ";",
          "=",
          "\\",
          "\n",
          " ",
          "\t",
          "```",
          "```json",
          "{\"name\": \"now\", \"arguments\": {",
          "\"name\": \"weather\"",
          "\"arguments\": {",
          "\"parameters\": {",
          "\"tool_name\": \"now\"",
          "\"days\": 3",
          "\"",
          "now",
          "weather(city=",
          "now()",
          "function=",
          "<function=weather>",
          "<parameter=city>",
          "<parameter=days>",
          "</parameter>",
          "</function>",
          "null",
          "true",
          "-1.5e3",
          "\\u00",
          "\\n",
          "é",
          "🌦",
          "\ud83c",
          "<th",
          "</",
          "<|",
          "None",
          "True",
          "WORD",
          "WORD",
          "WORD",
          "WORD",
          "\"WORD\"",
          "'WORD'",
          "\u0001",
          "ws\r\n");

  private final Random random = new Random(7);

  private OutputFormat format(ToolCallFormat calls) {
    ReasoningTags tags = random.nextBoolean() ? ReasoningTags.THINK : null;
    return new OutputFormat(calls, tags, calls.hiddenTags());
  }

  private String text(OutputFormat format) {
    List<String> parts = new ArrayList<>(PARTS);
    for (int i = 0; i < 6; i++) {
      parts.addAll(format.markers());
    }
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(24);
    for (int i = 0; i < length; i++) {
      text.append(parts.get(random.nextInt(parts.size())).replace("WORD", "w" + (100 + i)));
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource
  void pieces_doNotDependOnCuts(ToolCallFormat calls) {
    for (int i = 0; i < ROUNDS; i++) {
      OutputFormat format = format(calls);
      String text = text(format);
      boolean open = random.nextBoolean();
      String whole = Answer.of(format, open, List.of(text)).toString();
      for (int most : new int[] {1, 3, 20}) {
        List<String> cut = Cuts.random(text, random, most);
        assertThat(Answer.of(format, open, cut)).as(text).hasToString(whole);
      }
    }
  }

  /** So another worker may go on with an answer in the middle. */
  @ParameterizedTest
  @EnumSource
  void toldPieces_followFromTheTextThatHasCome(ToolCallFormat calls) {
    for (int i = 0; i < ROUNDS; i++) {
      OutputFormat format = format(calls);
      String text = text(format);
      String come = text.substring(0, random.nextInt(text.length()));
      boolean open = random.nextBoolean();
      String whole = Answer.soFar(format, open, List.of(come));
      List<String> cut = Cuts.random(come, random, 4);
      assertThat(Answer.soFar(format, open, cut)).as(come).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @EnumSource
  void words_areNotLost(ToolCallFormat calls) {
    for (int i = 0; i < ROUNDS; i++) {
      OutputFormat format = format(calls);
      String text = text(format);
      Answer answer = Answer.of(format, text);
      String told = answer.toString();
      Matcher word = WORD.matcher(text);
      while (word.find()) {
        assertThat(told).as(text).contains(word.group());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void textWithoutCalls_staysAsItIs(ToolCallFormat calls) {
    for (int i = 0; i < ROUNDS; i++) {
      OutputFormat format = new OutputFormat(calls, null, List.of());
      String text = text(format);
      Answer answer = Answer.of(format, text);
      if (answer.calls().isEmpty()) {
        assertThat(answer.content()).isEqualTo(text);
      }
    }
  }
}
