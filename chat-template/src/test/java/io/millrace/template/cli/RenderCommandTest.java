package io.millrace.template.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.template.ChatTemplates;
import io.millrace.template.SpecialTokens;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class RenderCommandTest {
  private static final ModelPrompts MODEL =
      new ModelPrompts(
          ChatTemplates.compile(Map.of("default", "{{ bos_token }}{{ messages[0].content }}")),
          SpecialTokens.of("<s>", "</s>"),
          prompt -> prompt.codePoints().toArray());

  private static List<String> run(String input, String... flags) {
    var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    var out = new ByteArrayOutputStream();
    int code = new CommandLine(new RenderCommand(model -> MODEL, in, out)).execute(flags);
    assertThat(code).isZero();
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void line_withEveryField_isRendered() {
    String line =
        """
        {"template": "{{ bos_token }}{{ messages[0]['content'] }}{{ tools|length }}\
        {{ add_generation_prompt }}{{ x }}{{ eos_token }}{{ strftime_now('%H:%M %d %b %Y') }}",\
        "messages": [{"role": "user", "content": "hé🤖"}], "tools": [{}],\
        "add_generation_prompt": true, "bos_token": "<s>", "eos_token": {"content": "</s>"},\
        "kwargs": {"x": null}, "now": "2025-07-10 12:00"}
        """;
    assertThat(run(line)).containsExactly("{\"output\":\"<s>hé🤖1TrueNone</s>12:00 10 Jul 2025\"}");
  }

  @Test
  void absentFields_areNone_butTokensAreUnbound() {
    assertThat(run("{\"template\": \"{{ tools }}{{ documents }}{{ bos_token }}{{ messages }}\"}\n"))
        .containsExactly("{\"output\":\"NoneNone[]\"}");
  }

  @Test
  void now_isReadInAllItsForms() {
    for (String now :
        List.of(
            "\"2025-07-10T12:00:00\"",
            "\"2025-07-10 12:00\"",
            "\"2025-07-10T12:00:00.123456\"",
            "\"2025-07-10T12:00:00Z\"",
            "\"2025-07-10T12:00:00+02:00\"")) {
      assertThat(run("{\"template\": \"{{ strftime_now('%F %T') }}\", \"now\": " + now + "}"))
          .containsExactly("{\"output\":\"2025-07-10 12:00:00\"}");
    }
    assertThat(run("{\"template\": \"{{ strftime_now('%F %T') }}\", \"now\": \"2025-07-10\"}"))
        .containsExactly("{\"output\":\"2025-07-10 00:00:00\"}");
  }

  @Test
  void badLines_getErrorLines_andDoNotEndTheCommand() {
    List<String> lines =
        run(
            """
            nonsense

            [1]
            null
            {"messages": []}
            {"template": 1}
            {"template": "x", "messages": {}}
            {"template": "x", "messages": [1]}
            {"template": "x", "kwargs": []}
            {"template": "x", "now": "yesterday"}
            {"template": "{{ 'x' * 10**9 }}"}
            {"template": "{% if %}"}
            {"template": "fine"}
            """);
    assertThat(lines).hasSize(13);
    assertThat(lines.subList(0, 12))
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("{\"error\":\"")
                    .contains("\"raised_by_template\":false"));
    assertThat(lines.get(4)).contains("template is required");
    assertThat(lines.get(6)).contains("messages must be a list");
    assertThat(lines.get(9)).contains("yesterday");
    assertThat(lines.get(12)).isEqualTo("{\"output\":\"fine\"}");
  }

  @Test
  void refusal_isToldApartFromFailure() {
    assertThat(run("{\"template\": \"{{ raise_exception('no \\\"tools\\\"') }}\"}"))
        .containsExactly("{\"error\":\"no \\\"tools\\\"\",\"raised_by_template\":true}");
  }

  @Test
  void halfOfASurrogatePair_comesOutAsItCameIn() {
    assertThat(run("{\"template\": \"{{ x }}\", \"kwargs\": {\"x\": \"\\ud83d\"}}"))
        .containsExactly("{\"output\":\"\\uD83D\"}");
  }

  @Test
  void model_givesTemplateTokensAndIds_forPreparedMessages() {
    String line =
        "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"A\"}]}]}";
    assertThat(run(line, "--model", "some/model"))
        .containsExactly("{\"output\":\"<s>A\",\"token_ids\":[60,115,62,65]}");
  }

  @Test
  void builtInTemplate_isUsedForLinesThatHaveNone() {
    assertThat(
            run(
                "{\"messages\": [{\"role\": \"user\", \"content\": \"A\"}]}",
                "--prompt-template",
                "baichuan"))
        .containsExactly("{\"output\":\"<reserved_106>A\"}");
  }
}
