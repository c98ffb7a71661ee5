package io.millrace.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every case of the corpus: outputs byte for byte, refusals with the template's own words. */
final class CorpusTest {
  /** In no template. */
  private static final String MARKER = "qzxq";

  private static final Clock NOON =
      Clock.fixed(Instant.parse("2025-07-10T12:00:00Z"), ZoneOffset.UTC);

  @Test
  void publishedTemplates_printWhatTransformersPrints() throws IOException {
    Map<String, Map<String, Object>> conversations = Corpus.conversations();
    Map<String, Result> compiled = new HashMap<>();
    List<String> wrong = new ArrayList<>();
    for (Map<String, Object> expected : Corpus.lines("expected.jsonl")) {
      String name = (String) expected.get("template");
      Conversation conversation =
          Corpus.conversation(conversations.get((String) expected.get("conversation")));
      SpecialTokens tokens =
          SpecialTokens.of((String) expected.get("bos_token"), (String) expected.get("eos_token"));
      Result template = compiled.computeIfAbsent(name, CorpusTest::compile);
      Result actual =
          template.template() == null
              ? template
              : Result.of(() -> template.template().render(conversation, tokens, NOON));
      if (!actual.matches(expected)) {
        wrong.add(name + " / " + expected.get("conversation") + ": " + actual.difference(expected));
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void generatedTemplates_printWhatJinjaPrints() throws IOException {
    assertThat(differences("fuzz.jsonl")).isEmpty();
  }

  @Test
  void snippets_printWhatJinjaPrints() throws IOException {
    assertThat(differences("snippets.jsonl")).isEmpty();
  }

  @Test
  void publishedTemplates_neverEvaluateWhatAUserWrites() throws IOException {
    List<String> wrong = new ArrayList<>();
    int rendered = 0;
    for (String name : Corpus.templates()) {
      Result template = compile(name);
      String plain = template.template() == null ? null : prompt(template.template(), MARKER);
      if (plain != null) {
        String injected = "{{ 7*7 }} {% for %} {# {%- raw %} {{ bos_token }} ${1+1}";
        String expected = plain.replace(MARKER, injected);
        String actual = prompt(template.template(), injected);
        rendered++;
        if (!expected.equals(actual)) {
          wrong.add(name + ": " + actual + " instead of " + expected);
        }
      }
    }
    assertThat(rendered).isGreaterThan(200);
    assertThat(wrong).isEmpty();
  }

  private static @Nullable String prompt(ChatTemplate template, String content) {
    Conversation conversation =
        Conversation.of(List.of(Map.of("role", "user", "content", content)));
    return Result.of(() -> template.render(conversation, SpecialTokens.of("<s>", "</s>"), NOON))
        .output();
  }

  @SuppressWarnings("unchecked")
  private static List<String> differences(String file) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Map<String, Object> expected : Corpus.lines(file)) {
      String source = (String) expected.get("template");
      Map<String, Object> variables = (Map<String, Object>) expected.get("ctx");
      Result actual = Result.of(() -> ChatTemplate.compile(source).render(variables, NOON));
      if (!actual.matches(expected)) {
        wrong.add(expected.get("id") + " " + source + ": " + actual.difference(expected));
      }
    }
    return wrong;
  }

  private static Result compile(String name) {
    try {
      return new Result(ChatTemplate.compile(Corpus.template(name)), null, null);
    } catch (TemplateException e) {
      return new Result(null, null, e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private record Result(
      @Nullable ChatTemplate template, @Nullable String output, @Nullable TemplateException error) {

    static Result of(java.util.function.Supplier<String> render) {
      try {
        return new Result(null, render.get(), null);
      } catch (TemplateException e) {
        return new Result(null, null, e);
      }
    }

    boolean matches(Map<String, Object> expected) {
      if (expected.containsKey("expected")) {
        return Objects.equals(output, expected.get("expected"));
      }
      boolean raised = Boolean.TRUE.equals(expected.get("raised_by_template"));
      return error != null
          && error.raisedByTemplate() == raised
          && (!raised || Objects.equals(error.getMessage(), expected.get("error")));
    }

    String difference(Map<String, Object> expected) {
      return "%s instead of %s"
          .formatted(
              error == null ? output : error.getMessage(),
              expected.getOrDefault("expected", expected.get("error")));
    }
  }
}
