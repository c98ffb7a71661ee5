package io.millrace.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.text.ModelText;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ReasoningEffort;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.ReasoningTags;
import io.millrace.toolparser.ToolCallFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ModelPromptEncoderTest {

  @Test
  void textThatIsFarTooLong_isRefusedByItsLength(@TempDir Path folder) throws Exception {
    try (ModelText text = ModelText.load(TinyCheckpoint.llama().writeTo(folder))) {
      ModelPromptEncoder encoder =
          new ModelPromptEncoder(text.tokenizer(), ModelTemplates.of(text, new EngineOptions()))
              .upTo(100);
      assertThat(encoder.encode(new Prompt.Text("w".repeat(120)))).hasSizeGreaterThan(100);
      // More than the tokenizer itself takes, so it was not asked.
      assertThatThrownBy(() -> encoder.encode(new Prompt.Text("w".repeat(3_000_000))))
          .isInstanceOfSatisfying(
              Invalid.class, refusal -> assertThat(refusal.param()).isEqualTo("prompt"))
          .hasMessageMatching(
              "prompt has 3000000 characters, which are at least \\d+ tokens; at most 100 are"
                  + " allowed");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{ messages[0].content + none }} | takes no messages of this form: it fails at its line 1",
        "a^{{ messages[0].content.nothing.more }} | of this form: it fails at its line 2",
        "{{ raise_exception('Roles must alternate') }} | ^Roles must alternate$",
        "{{ raise_exception('No: ' + messages[0].content) }} | ^No: y{61}\\.\\.\\.$"
      })
  void templateThatFails_isToldInPlainWords(String template, String message, @TempDir Path folder)
      throws Exception {
    EngineOptions options = new EngineOptions();
    new CommandLine(options).parseArgs("--chat-template=" + template.replace('^', '\n'));
    try (ModelText text = ModelText.load(TinyCheckpoint.llama().writeTo(folder))) {
      ModelPromptEncoder encoder =
          new ModelPromptEncoder(text.tokenizer(), ModelTemplates.of(text, options));
      Prompt.Chat chat =
          new Prompt.Chat(List.of(Map.of("role", "user", "content", "y".repeat(1000))), true);
      assertThatThrownBy(() -> encoder.encode(chat))
          .isInstanceOf(Invalid.class)
          .message()
          .containsPattern(message)
          .doesNotContain("object", "None", "str", "undefined", "concatenate");
    }
  }

  @Test
  void outputFormat_isWhatTheTemplateShowsOrTheFlagSays(@TempDir Path folder) throws Exception {
    String template = "--chat-template={{ messages }} <think> <tool_call>{\"arguments\": ...}";
    Prompt.Chat chat = new Prompt.Chat(List.of(Map.of("role", "user", "content", "hi")), true);
    try (ModelText text = ModelText.load(TinyCheckpoint.llama().writeTo(folder))) {
      OutputFormat shown = encoder(text, template).outputFormat(chat);
      assertThat(shown.toolCalls()).isEqualTo(ToolCallFormat.HERMES);
      assertThat(shown.reasoning()).isEqualTo(ReasoningTags.THINK);
      OutputFormat forced = encoder(text, template, "--tool-call-parser=jamba").outputFormat(chat);
      assertThat(forced.toolCalls()).isEqualTo(ToolCallFormat.JAMBA);
      assertThat(forced.reasoning()).isEqualTo(ReasoningTags.THINK);
      assertThat(encoder(text).outputFormat(chat)).isEqualTo(OutputFormat.TEXT);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{{ reasoning_effort }} | LOW | low",
        "{{ enable_thinking }} | LOW | True",
        "{{ enable_thinking }} | NONE | False",
        "{% if thinking is defined and thinking %}deep{% endif %} | HIGH | deep",
        "{{ enable_thinking }}{{ reasoning_effort }} | NONE | Falsenone",
        "plain | NONE | plain"
      })
  void reasoningEffort_isToldToATemplateThatKnowsIt(
      String template, ReasoningEffort effort, String prompt, @TempDir Path folder)
      throws Exception {
    try (ModelText text = ModelText.load(TinyCheckpoint.llama().writeTo(folder))) {
      String source = "{{ '' }}" + template;
      int[] ids = encoder(text, "--chat-template=" + source).encode(chat(null, null, effort));
      assertThat(text.tokenizer().decode(ids, true)).isEqualTo(prompt);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{ 'plain' }} | reasoning_effort cannot be low: the model's chat template shows no reasoning",
        "{{ '<think>' }} | template has no variable for it, such as enable_thinking",
        "{{ 'thinking' }} | reasoning_effort cannot be low"
      })
  void reasoningEffort_thatNoTemplateKnowsIsRefused(
      String template, String message, @TempDir Path folder) throws Exception {
    try (ModelText text = ModelText.load(TinyCheckpoint.llama().writeTo(folder))) {
      ModelPromptEncoder encoder = encoder(text, "--chat-template=" + template);
      assertThatThrownBy(() -> encoder.encode(chat(null, null, ReasoningEffort.LOW)))
          .isInstanceOf(Invalid.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void documents_areThoseOfATemplateThatReadsThem(@TempDir Path folder) throws Exception {
    Prompt.Chat chat = chat(List.of(Map.of("text", "Oslo")), null, null);
    try (ModelText text = ModelText.load(TinyCheckpoint.llama().writeTo(folder))) {
      ModelPromptEncoder reads = encoder(text, "--chat-template={{ documents[0].text }}");
      assertThat(text.tokenizer().decode(reads.encode(chat), true)).isEqualTo("Oslo");
      assertThatThrownBy(() -> encoder(text).encode(chat))
          .isInstanceOf(Invalid.class)
          .hasMessage("documents are not read by the model's chat template");
    }
  }

  @Test
  void templateOfARequest_isTakenWhereItIsTrusted(@TempDir Path folder) throws Exception {
    Prompt.Chat chat = chat(null, "{{ messages[0].content }}!<think>", null);
    try (ModelText text = ModelText.load(TinyCheckpoint.llama().writeTo(folder))) {
      ModelPromptEncoder trusting = encoder(text, "--trust-request-chat-template");
      assertThat(text.tokenizer().decode(trusting.encode(chat), true)).isEqualTo("hi!<think>");
      assertThat(trusting.outputFormat(chat).reasoning()).isEqualTo(ReasoningTags.THINK);
      assertThatThrownBy(() -> trusting.encode(chat(null, "{{ broken", null)))
          .isInstanceOf(Invalid.class)
          .hasMessageStartingWith("chat_template is not valid: ");
      assertThatThrownBy(() -> encoder(text).encode(chat))
          .isInstanceOf(Invalid.class)
          .hasMessage("chat_template is taken only by a worker with --trust-request-chat-template");
    }
  }

  private static Prompt.Chat chat(
      @Nullable List<Map<String, Object>> documents,
      @Nullable String template,
      @Nullable ReasoningEffort effort) {
    return new Prompt.Chat(
        List.of(Map.of("role", "user", "content", "hi")),
        true,
        null,
        Map.of(),
        false,
        null,
        null,
        documents,
        template,
        effort,
        null);
  }

  @Test
  void toolCallParser_thatIsUnknownIsRefusedWithTheNames() {
    EngineOptions options = new EngineOptions();
    new CommandLine(options).parseArgs("--tool-call-parser=hermit");
    assertThatThrownBy(() -> options.validate(1))
        .hasMessageStartingWith("--tool-call-parser must be one of [hermes, ")
        .hasMessageEndingWith("], but is hermit");
  }

  private static ModelPromptEncoder encoder(ModelText text, String... flags) {
    EngineOptions options = new EngineOptions();
    new CommandLine(options).parseArgs(flags);
    return new ModelPromptEncoder(text.tokenizer(), ModelTemplates.of(text, options));
  }
}
