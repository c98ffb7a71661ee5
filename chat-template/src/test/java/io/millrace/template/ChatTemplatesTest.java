package io.millrace.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
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

  private static String render(ChatTemplates templates, Conversation conversation) {
    return templates
        .templateFor(conversation)
        .render(conversation, SpecialTokens.of("<s>", "</s>"), Clock.systemUTC());
  }

  private static Conversation withTools() {
    return new Conversation(MESSAGES, List.of(Map.of("name", "f")), null, true, Map.of());
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
  void oneTemplate_servesWithAndWithoutTools() {
    ChatTemplates templates = ChatTemplates.compile(Map.of("default", "one {{ tools is none }}"));
    assertThat(render(templates, CHAT)).isEqualTo("one True");
    assertThat(render(templates, withTools())).isEqualTo("one False");
  }

  @Test
  void toolUse_servesWhereToolsAreGiven() {
    ChatTemplates templates = ChatTemplates.compile(Map.of("default", "d", "tool_use", "t"));
    assertThat(templates.names()).containsExactlyInAnyOrder("default", "tool_use");
    assertThat(render(templates, CHAT)).isEqualTo("d");
    assertThat(render(templates, withTools())).isEqualTo("t");
  }

  @Test
  void namedTemplatesWithoutDefault_areAnError() {
    ChatTemplates templates = ChatTemplates.compile(Map.of("rag", "r"));
    assertThatThrownBy(() -> render(templates, CHAT))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("rag");
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
