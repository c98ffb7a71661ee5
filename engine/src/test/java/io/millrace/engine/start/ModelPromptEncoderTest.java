package io.millrace.engine.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.models.text.ModelText;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.ReasoningTags;
import io.millrace.toolparser.ToolCallFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
