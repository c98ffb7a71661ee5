package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;

/**
 * A line of a table: a text of a model, and what it says.
 *
 * @param calls each as {@code name arguments}, with three dots after one that is not complete
 */
record FormatCase(String name, String text, String content, List<String> calls) {

  static FormatCase of(String name, String text, String content, String... calls) {
    return new FormatCase(name, text, content, List.of(calls));
  }

  /** The test that the text gives this however it is cut. */
  DynamicTest test(OutputFormat format) {
    return dynamicTest(
        name,
        () -> {
          for (List<String> cut : Cuts.all(text)) {
            Answer answer = Answer.of(format, false, cut);
            assertThat(answer.content()).isEqualTo(content);
            assertThat(answer.calls()).isEqualTo(calls);
          }
        });
  }
}
