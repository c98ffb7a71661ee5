package io.millrace.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ChatMessage;
import io.millrace.protocol.Prompt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptFieldsTest {

  @Test
  void completion_takesTextAndTokenIds() {
    assertThat(PromptFields.completion(json("{'prompt': 'hi'}"))).isEqualTo(new Prompt.Text("hi"));
    assertThat(PromptFields.completion(json("{'prompt': ['hi']}")))
        .isEqualTo(new Prompt.Text("hi"));
    Prompt ids = new Prompt.Tokens(List.of(1, 2));
    assertThat(PromptFields.completion(json("{'prompt': [1, 2]}"))).isEqualTo(ids);
    assertThat(PromptFields.completion(json("{'prompt_token_ids': [1, 2]}"))).isEqualTo(ids);
  }

  @Test
  void completion_takesSeveralPromptsInOrder() {
    assertThat(PromptFields.completion(json("{'prompt': ['a', 'b']}")).each())
        .containsExactly(new Prompt.Text("a"), new Prompt.Text("b"));
    assertThat(PromptFields.completion(json("{'prompt': [[1, 2], [3]]}")).each())
        .containsExactly(new Prompt.Tokens(List.of(1, 2)), new Prompt.Tokens(List.of(3)));
    assertThat(PromptFields.completion(json("{'prompt': [[1, 2]]}")))
        .isEqualTo(new Prompt.Tokens(List.of(1, 2)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | prompt is required",
        "{'prompt': 5} | prompt must be a string, but is 5",
        "{'prompt': ['a', 5]} | prompt[1] must be a string, but is 5",
        "{'prompt': [[1], [2, 'b']]} | prompt[1] must be a list of whole numbers",
        "{'prompt': [[1], []]} | prompt[1] must not be an empty list",
        "{'prompt_token_ids': []} | prompt_token_ids must not be an empty list",
        "{'prompt': [1, 'b']} | prompt must be a list of whole numbers",
        "{'prompt': []} | prompt must not be an empty list",
        "{'prompt': [1, -2]} | prompt[1] must be at least 0, but is -2",
        "{'prompt': 'x', 'prompt_token_ids': [1]} | exclude each other"
      })
  void completion_refusesTheRest(String body, String message) {
    assertThatThrownBy(() -> PromptFields.completion(json(body))).hasMessageContaining(message);
  }

  @Test
  void chat_keepsMessagesAndTemplateArguments() {
    Prompt.Chat chat =
        PromptFields.chat(
            json(
                "{'messages': [{'role': 'user', 'content': 'hi', 'name': 'ann'}],"
                    + " 'add_generation_prompt': false, 'chat_template_kwargs': {'think': true}}"));
    assertThat(chat.messages().get(0)).containsEntry("name", "ann");
    assertThat(chat.addGenerationPrompt()).isFalse();
    assertThat(chat.templateArguments()).containsEntry("think", true);
  }

  @Test
  void chat_refusesAMessageThatIsNone() {
    assertThatThrownBy(() -> PromptFields.chat(json("{'messages': [null]}")))
        .hasMessage("messages[0] must be an object, but is null");
  }

  @Test
  void chat_opensTheAnswerUnlessToldOtherwise() {
    Prompt.Chat chat = PromptFields.chat(json("{'messages': [{'role':'user','content':'hi'}]}"));
    assertThat(chat.addGenerationPrompt()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"auto | 1", "none | 0"})
  void toolChoice_noneTellsTheModelOfNoTools(String choice, int tools) {
    Prompt.Chat chat =
        PromptFields.chat(
            json(
                "{'messages': [{'role':'user','content':'hi'}], 'tools': [{'type': 'function'}],"
                    + " 'tool_choice': '"
                    + choice
                    + "'}"));
    assertThat(chat.tools()).satisfies(told -> assertThat(told == null ? 0 : 1).isEqualTo(tools));
  }

  @ParameterizedTest
  @ValueSource(strings = {"'required'", "{'type':'function'}", "'maybe'", "5"})
  void toolChoice_thatCannotBeKeptIsRefused(String choice) {
    assertThatThrownBy(
            () ->
                PromptFields.chat(
                    json(
                        "{'messages': [{'role':'user','content':'hi'}], 'tool_choice': "
                            + choice
                            + "}")))
        .hasMessageStartingWith("tool_choice ");
  }

  @Test
  void contentInParts_isPassedOnAsGiven() {
    Prompt.Chat chat =
        PromptFields.chat(
            json(
                "{'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'a'},"
                    + " {'type': 'text', 'text': 'b'}]}]}"));
    Map<String, Object> message = chat.messages().get(0);
    assertThat(message)
        .containsEntry(
            "content",
            List.of(Map.of("type", "text", "text", "a"), Map.of("type", "text", "text", "b")));
    assertThat(ChatMessage.text(message)).isEqualTo("a\nb");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | messages is required",
        "{'messages': 'hi'} | messages must be a list of objects",
        "{'messages': []} | at least one message",
        "{'messages': [{'content': 'x'}]} | messages[0].role must be a string",
        "{'messages': [{'role': 'user'}]} | messages[0].content must be a string",
        "{'messages': [{'role': 'user', 'content': 5}]} | messages[0].content must be a string",
        "{'messages': [{'role': 'user', 'content': [{'type': 'image_url'}]}]} | only parts",
        "{'messages': [{'role': 'user', 'content': ['hi']}]} | messages[0].content may hold only parts"
      })
  void chat_refusesTheRest(String body, String message) {
    assertThatThrownBy(() -> PromptFields.chat(json(body))).hasMessageContaining(message);
  }

  @Test
  void flag_isFalseWhenAbsent() {
    assertThat(json("{'f': true}").flag("f")).isTrue();
    assertThat(json("{'f': null}").flag("f")).isFalse();
    assertThat(json("{}").flag("f")).isFalse();
  }

  @Test
  void flag_refusesOtherStrings() {
    assertThatThrownBy(() -> json("{'f': 'yes'}").flag("f"))
        .hasMessage("f must be true or false, but is \"yes\"");
  }

  private static JsonBody json(String body) {
    return JsonBody.parse(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
