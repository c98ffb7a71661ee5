package io.millrace.api.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.StopCriteria;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesBodyTest {
  private static final Map<String, Object> PART = Map.of("type", "text", "text", "a");

  @Test
  void systemAndBlocks_areMessages() {
    Prompt.Chat chat =
        MessagesBody.chat(
            body(
                "{'system':[{'type':'text','text':'a','cache_control':{'type':'ephemeral'}}],"
                    + "'messages':[{'role':'user','content':[{'type':'text','text':'a'}]}]}"));

    assertThat(chat.messages())
        .containsExactly(
            Map.of("role", "system", "content", List.of(PART)),
            Map.of("role", "user", "content", List.of(PART)));
    assertThat(chat.addGenerationPrompt()).isTrue();
  }

  @Test
  void lastMessageOfTheAssistant_isGoneOnWith() {
    Prompt.Chat chat =
        MessagesBody.chat(
            body(
                "{'messages':[{'role':'user','content':'1+1?'},"
                    + "{'role':'assistant','content':'It is'}]}"));

    assertThat(chat.continueFinalMessage()).isTrue();
    assertThat(chat.addGenerationPrompt()).isFalse();
  }

  @Test
  void stopSequence_comesBackWithTheText() {
    assertThat(MessagesBody.stop(body("{'max_tokens':5,'stop_sequences':['a','b']}")))
        .isEqualTo(StopCriteria.MODEL_DEFAULTS.withMaxTokens(5).withStop("a", "b").includingStop());
    assertThat(MessagesBody.stop(body("{'max_tokens':5}")))
        .isEqualTo(StopCriteria.MODEL_DEFAULTS.withMaxTokens(5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                 | max_tokens is required
          {'max_tokens':0}                   | max_tokens must be at least 1, but is 0
          {'max_tokens':1,'stop_sequences':['']} | stop must not hold an empty string
          {'max_tokens':1,'stop_sequences':'x'}  | stop_sequences must be a list of strings, but is "x"
          {'max_tokens':1}                   | messages must hold at least one message
          {'max_tokens':1,'messages':[{'role':'system','content':'x'}]} | messages[0].role must be one of user, assistant
          {'max_tokens':1,'messages':[{'role':'user'}]} | messages[0].content is required
          {'max_tokens':1,'messages':[{'role':'user','content':[{'type':'image'}]}]} | messages[0].content[0].type must be "text", but is "image"
          {'max_tokens':1,'system':5,'messages':[]} | system must be a string or a list of parts, but is 5
          """)
  void whatIsWrong_isRefusedByName(String body, String message) {
    assertThatThrownBy(
            () -> {
              MessagesBody.stop(body(body));
              MessagesBody.chat(body(body));
            })
        .isInstanceOf(Invalid.class)
        .hasMessage(message);
  }

  private static JsonBody body(String json) {
    return JsonBody.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
