package io.millrace.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChatTemplatesTest {
  private static final List<Map<String, String>> MESSAGES =
      List.of(
          Map.of("role", "system", "content", "Be kind."),
          Map.of("role", "user", "content", "Hi"),
          Map.of("role", "assistant", "content", "Hello"),
          Map.of("role", "user", "content", "Bye"));
  private static final Conversation CHAT = Conversation.of(MESSAGES);

  @TempDir Path folder;

  private static String render(ChatTemplates templates, Conversation conversation) {
    return templates
        .templateFor(conversation)
        .render(conversation, SpecialTokens.of("<s>", "</s>"), Clock.systemUTC());
  }

  private static Conversation withTools() {
    return new Conversation(MESSAGES, List.of(Map.of("name", "f")), null, true, Map.of());
  }

  private ChatTemplates read() throws IOException {
    return ChatTemplates.ofModel(folder).orElseThrow();
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      value = {
        "llama => <s>[INST] <<SYS>>⏎Be kind.⏎<</SYS>>⏎⏎Hi [/INST] Hello </s><s>[INST] Bye [/INST]",
        "vicuna => <s>Be kind. USER: Hi ASSISTANT: Hello</s>USER: Bye ASSISTANT:",
        "baichuan => Be kind.<reserved_106>Hi<reserved_107>Hello<reserved_106>Bye<reserved_107>",
        "chatml => `<|im_start|>system⏎Be kind.<|im_end|>⏎<|im_start|>user⏎Hi<|im_end|>⏎"
            + "<|im_start|>assistant⏎Hello<|im_end|>⏎<|im_start|>user⏎Bye<|im_end|>⏎"
            + "<|im_start|>assistant⏎`",
      })
  void builtInTemplate_writesTheFormatOfItsModels(String name, String expected) {
    assertThat(render(ChatTemplates.builtIn(name), CHAT)).isEqualTo(expected.replace("⏎", "\n"));
  }

  @Test
  void builtInTemplate_thatIsNotThere_isNamed() {
    assertThatThrownBy(() -> ChatTemplates.builtIn("alpaca"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'alpaca'")
        .hasMessageContaining("vicuna");
  }

  @Test
  void model_withoutTemplate_hasNone() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": null}");
    assertThat(ChatTemplates.ofModel(folder)).isEmpty();
  }

  @Test
  void model_withOneTemplate_usesItWithAndWithoutTools() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"one {{ tools is none }}\"}");
    assertThat(render(read(), CHAT)).isEqualTo("one True");
    assertThat(render(read(), withTools())).isEqualTo("one False");
  }

  @Test
  void model_withNamedTemplates_usesToolUseWhereToolsAreGiven() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"chat_template\": [{\"name\": \"default\", \"template\": \"d\"},"
            + " {\"name\": \"tool_use\", \"template\": \"t\"}]}");
    assertThat(read().names()).containsExactlyInAnyOrder("default", "tool_use");
    assertThat(render(read(), CHAT)).isEqualTo("d");
    assertThat(render(read(), withTools())).isEqualTo("t");
  }

  @Test
  void model_withNamedTemplatesButNoDefault_isAnError() {
    ChatTemplates templates =
        ChatTemplates.ofConfig(List.of(Map.of("name", "rag", "template", "r")));
    assertThatThrownBy(() -> render(templates, CHAT))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("rag");
  }

  @Test
  void templateFile_winsOverTheConfig() throws IOException {
    write("tokenizer_config.json", "{\"chat_template\": \"config\"}");
    write("chat_template.jinja", "file\n");
    write("additional_chat_templates/tool_use.jinja", "tools");
    assertThat(render(read(), CHAT)).isEqualTo("file");
    assertThat(render(read(), withTools())).isEqualTo("tools");
  }

  @Test
  void chatTemplate_ofAnotherType_isAnError() {
    assertThatThrownBy(() -> ChatTemplates.ofConfig(List.of("x")))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("name and template");
  }

  @Test
  void specialTokens_areStringsOrObjects_andUnboundWhereTheyAreNull() {
    SpecialTokens tokens =
        SpecialTokens.ofConfig(
            Map.of(
                "bos_token", Map.of("content", "<s>", "lstrip", false),
                "eos_token", "</s>",
                "additional_special_tokens", List.of("<a>", Map.of("content", "<b>"))));
    assertThat(tokens.byName())
        .isEqualTo(
            Map.of(
                "bos_token", "<s>",
                "eos_token", "</s>",
                "additional_special_tokens", List.of("<a>", "<b>")));
    ChatTemplate template = ChatTemplate.compile("[{{ bos_token }}{{ bos_token is defined }}]");
    assertThat(template.render(CHAT, SpecialTokens.of(null, "</s>"), Clock.systemUTC()))
        .isEqualTo("[False]");
  }
}
