package io.millrace.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.grammar.json.JsonStyle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Each keyword of JSON Schema, by documents that it allows (+) and that it does not (-); {@code '}
 * stands for a quotation mark.
 */
final class KeywordsTest {
  @TestFactory
  Stream<DynamicTest> documents_areAcceptedIfTheyAreValid() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    String schema = "";
    for (String line : lines()) {
      String text = line.length() < 2 ? "" : line.substring(2).replace('\'', '"');
      if (line.startsWith("s ")) {
        schema = text;
      } else if (line.startsWith("+ ") || line.startsWith("- ")) {
        String under = schema;
        boolean valid = line.startsWith("+ ");
        tests.add(dynamicTest(line + " under " + schema, () -> check(under, text, valid)));
      }
    }
    return tests.stream();
  }

  private static void check(String schema, String document, boolean valid) {
    Grammar grammar = Grammar.jsonSchema(schema, JsonStyle.ANY, TestLimits.PATIENT);
    assertThat(TestTokens.accepts(grammar, document)).isEqualTo(valid);
  }

  private static List<String> lines() throws IOException {
    try (InputStream in = KeywordsTest.class.getResourceAsStream("keywords.txt")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }
}
