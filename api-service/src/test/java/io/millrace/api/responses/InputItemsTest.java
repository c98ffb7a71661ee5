package io.millrace.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Invalid;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class InputItemsTest {
  @Test
  void text_isWhatTheUserSays() {
    assertThat(InputItems.chat(body("{'input':'hi','instructions':'Be kind'}")).messages())
        .containsExactly(
            Map.of("role", "system", "content", "Be kind"),
            Map.of("role", "user", "content", "hi"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'role':'user','content':'a'}                                  | {'role':'user','content':'a'}
          {'type':'message','role':'developer','content':'a'}            | {'role':'system','content':'a'}
          {'role':'user','content':[{'type':'input_text','text':'a'}]}   | {'role':'user','content':[{'type':'text','text':'a'}]}
          {'id':'msg_1','type':'message','status':'completed','role':'assistant','content':[{'type':'output_text','text':'a','annotations':[]}]} | {'role':'assistant','content':[{'type':'text','text':'a'}]}
          """)
  void item_isAMessage(String item, String message) {
    var chat = InputItems.chat(body("{'input':[" + item + "]}"));

    assertThat(chat.addGenerationPrompt()).isTrue();
    assertThat(JsonMapper.shared().writeValueAsString(chat.messages().get(0)).replace('"', '\''))
        .isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                   | input is required
          {'input':5}          | input must be a string, but is 5
          {'input':[]}         | input must hold at least one item
          {'input':['a']}      | input[0] must be an object, but is "a"
          {'input':[{}]}       | input[0].role is required
          {'input':[{'type':'function_call_output','output':'x'}]} | input[0].type must be "message", but is "function_call_output"
          {'input':[{'role':'tool','content':'x'}]}  | input[0].role must be one of user, assistant, system, developer
          {'input':[{'role':'user'}]}                | input[0].content is required
          {'input':[{'role':'user','content':5}]}    | input[0].content must be a string or a list of parts, but is 5
          {'input':[{'role':'user','content':[{'type':'input_image'}]}]} | input[0].content[0].type must be "input_text" or "output_text" or "text", but is "input_image"
          {'input':[{'role':'user','content':[{'type':'input_text'}]}]}  | input[0].content[0].text is required
          """)
  void inputThatIsNoText_isRefusedByName(String body, String message) {
    assertThatThrownBy(() -> InputItems.chat(body(body)))
        .isInstanceOf(Invalid.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'text':{'format':{'type':'json_schema','name':'x'}}} | text.format.type must be "text", but is "json_schema"
          {'text':{'verbosity':'low'}} | text.verbosity is not supported beyond "medium", but is "low"
          {'text':'x'} | text must be an object, but is "x"
          """)
  void formatThatNobodyMakesSureOf_isRefusedByName(String body, String message) {
    assertThatThrownBy(() -> TextFormat.of(body(body)))
        .isInstanceOf(Invalid.class)
        .hasMessage(message);
  }

  private static JsonBody body(String json) {
    return JsonBody.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
