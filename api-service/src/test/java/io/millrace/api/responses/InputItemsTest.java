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
    assertThat(json(chat.messages().get(0))).isEqualTo(message);
  }

  @Test
  void whatTheAssistantGaveInTurn_isOneMessage() {
    var chat =
        InputItems.chat(
            body(
                "{'input':[{'role':'user','content':'a'},"
                    + "{'type':'reasoning','id':'rs_1','summary':[],"
                    + "'content':[{'type':'reasoning_text','text':'hm'}]},"
                    + "{'type':'message','role':'assistant','content':'Let me see.'},"
                    + "{'type':'function_call','call_id':'c1','name':'f','arguments':'{}'},"
                    + "{'type':'function_call','call_id':'c2','name':'g','arguments':'{1}'},"
                    + "{'type':'function_call_output','call_id':'c1','output':'one'},"
                    + "{'type':'function_call_output','call_id':'c2',"
                    + "'output':[{'type':'input_text','text':'two'}]},"
                    + "{'role':'assistant','content':'b'},{'role':'assistant','content':'c'}]}"));

    assertThat(chat.messages().stream().map(InputItemsTest::json))
        .containsExactly(
            "{'role':'user','content':'a'}",
            "{'role':'assistant','content':'Let me see.','reasoning_content':'hm','tool_calls':["
                + "{'id':'c1','type':'function','function':{'name':'f','arguments':'{}'}},"
                + "{'id':'c2','type':'function','function':{'name':'g','arguments':'{1}'}}]}",
            "{'role':'tool','content':'one','tool_call_id':'c1'}",
            "{'role':'tool','content':[{'type':'text','text':'two'}],'tool_call_id':'c2'}",
            "{'role':'assistant','content':'b'}",
            "{'role':'assistant','content':'c'}");
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
          {'input':[{'type':'item_reference','id':'x'}]} | input[0].type must be "message" or "function_call" or "function_call_output" or "reasoning", but is "item_reference"
          {'input':[{'type':'function_call_output','output':'x'}]} | input[0].call_id is required
          {'input':[{'type':'function_call_output','call_id':'c'}]} | input[0].output is required
          {'input':[{'type':'function_call','call_id':'c','name':'f'}]} | input[0].arguments is required
          {'input':[{'type':'function_call','call_id':'c','name':'f','arguments':{}}]} | input[0].arguments must be a string, but is {}
          {'input':[{'type':'reasoning','summary':[],'encrypted_content':'x'}]} | input[0].encrypted_content is not supported
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
          {'text':{'format':{'type':'json_schema','name':'x'}}} | text.format.schema is required
          {'text':{'format':{'type':'json_schema','schema':5}}} | text.format.schema must be an object, but is 5
          {'text':{'format':{'type':'grammar'}}} | text.format.type must be "text" or "json_object" or "json_schema", but is "grammar"
          {'text':{'verbosity':'low'}} | text.verbosity is not supported beyond "medium", but is "low"
          {'text':'x'} | text must be an object, but is "x"
          """)
  void formatThatIsUnknown_isRefusedByName(String body, String message) {
    assertThatThrownBy(() -> TextFormat.of(body(body)))
        .isInstanceOf(Invalid.class)
        .hasMessage(message);
  }

  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value).replace('"', '\'');
  }

  private static JsonBody body(String json) {
    return JsonBody.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
