package io.millrace.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class MessagePreparationTest {
  private static final ChatTemplate STRINGS =
      ChatTemplate.compile("{% for m in messages %}{{ m.role + ':' + m.content }}{% endfor %}");
  private static final ChatTemplate PARTS =
      ChatTemplate.compile(
          "{% for m in messages %}{% for p in m.content %}[{{ p['text'] }}]{% endfor %}{% endfor %}");
  private static final ChatTemplate EITHER =
      ChatTemplate.compile(
          "{% for m in messages %}{% if m.content is string %}{{ m.content }}{% else %}"
              + "{% for p in m.content %}[{{ p.text }}]{% endfor %}{% endif %}{% endfor %}");
  private static final ChatTemplate PRINTS =
      ChatTemplate.compile("{% for m in messages %}{{ m.content }}{% endfor %}");
  private static final List<Map<String, String>> TWO_PARTS =
      List.of(Map.of("type", "text", "text", "a"), Map.of("type", "text", "text", "b"));

  private static String render(ChatTemplate template, Object content) {
    Conversation conversation =
        Conversation.of(List.of(Map.of("role", "user", "content", content)));
    return template.render(
        MessagePreparation.prepare(conversation, template), SpecialTokens.NONE, Clock.systemUTC());
  }

  @Test
  void parts_areFlattened_unlessTheTemplateIteratesThem() {
    assertThat(render(STRINGS, TWO_PARTS)).isEqualTo("user:a\nb");
    assertThat(render(PRINTS, TWO_PARTS)).isEqualTo("a\nb");
    assertThat(render(PARTS, TWO_PARTS)).isEqualTo("[a][b]");
    assertThat(render(EITHER, TWO_PARTS)).isEqualTo("[a][b]");
  }

  @Test
  void strings_becomeParts_whereTheTemplateTakesNothingElse() {
    assertThat(render(PARTS, "a")).isEqualTo("[a]");
    assertThat(render(EITHER, "a")).isEqualTo("a");
    assertThat(render(STRINGS, "a")).isEqualTo("user:a");
  }

  @Test
  void parts_thatAreNoText_areLeftToTheTemplate() {
    List<Map<String, Object>> image = List.of(Map.of("type", "image_url", "image_url", "u"));
    Conversation conversation = Conversation.of(List.of(Map.of("role", "user", "content", image)));
    assertThat(MessagePreparation.prepare(conversation, STRINGS).messages().get(0).get("content"))
        .isEqualTo(image);
  }

  private static @Nullable Object prepared(String arguments) {
    Map<String, @Nullable Object> message = new HashMap<>();
    message.put("role", "assistant");
    message.put("content", null);
    message.put(
        "tool_calls",
        List.of(
            Map.of("type", "function", "function", Map.of("name", "f", "arguments", arguments))));
    ChatTemplate template =
        ChatTemplate.compile("{{ messages[0].tool_calls[0].function.arguments|tojson }}");
    return template.render(
        MessagePreparation.prepare(Conversation.of(List.of(message)), template),
        SpecialTokens.NONE,
        Clock.systemUTC());
  }

  @Test
  void argumentsOfToolCalls_areParsed() {
    assertThat(prepared("{\"b\":1.0,\"a\":[null,\"é\"]}"))
        .isEqualTo("{\"b\": 1.0, \"a\": [null, \"é\"]}");
    assertThat(prepared("")).isEqualTo("{}");
  }

  @Test
  void argumentsOfToolCalls_thatAreNoObject_stayAsTheyAre() {
    assertThat(prepared("{broken")).isEqualTo("\"{broken\"");
    assertThat(prepared("7")).isEqualTo("\"7\"");
  }

  @Test
  void developer_isTheSystemWhereTheTemplateKnowsNone() {
    Conversation conversation =
        Conversation.of(List.of(Map.of("role", "developer", "content", "be brief")));
    ChatTemplate knows =
        ChatTemplate.compile("{% if messages[0].role == 'developer' %}dev{% endif %}");
    assertThat(role(conversation, STRINGS)).isEqualTo("system");
    assertThat(role(conversation, knows)).isEqualTo("developer");
  }

  private static @Nullable Object role(Conversation conversation, ChatTemplate template) {
    return MessagePreparation.prepare(conversation, template).messages().get(0).get("role");
  }

  @Test
  void messageWithoutContent_hasAnEmptyOne() {
    Map<String, @Nullable Object> nothing = new HashMap<>();
    nothing.put("role", "assistant");
    nothing.put("content", null);
    for (Map<String, @Nullable Object> message :
        List.of(nothing, Map.<String, @Nullable Object>of("role", "assistant"))) {
      ChatTemplate adds = ChatTemplate.compile("{{ '<' + messages[0]['content'] + '>' }}");
      assertThat(
              adds.render(
                  MessagePreparation.prepare(Conversation.of(List.of(message)), adds),
                  SpecialTokens.NONE,
                  Clock.systemUTC()))
          .isEqualTo("<>");
    }
  }

  @Test
  void finalMessage_isLeftOpen() {
    Conversation conversation =
        Conversation.of(
            List.of(
                Map.of("role", "user", "content", "Sure"),
                Map.of("role", "assistant", "content", "Sure, ")));
    assertThat(FinalMessage.leftOpen("u:Sure\na:Sure, <end>\n", conversation))
        .isEqualTo("u:Sure\na:Sure, ");
    assertThat(FinalMessage.leftOpen("u:Sure\na:Sure,<end>\n", conversation))
        .isEqualTo("u:Sure\na:Sure,");
    assertThatThrownBy(() -> FinalMessage.leftOpen("nothing", conversation))
        .isInstanceOf(TemplateException.class)
        .hasMessageContaining("does not print the last message");
  }
}
