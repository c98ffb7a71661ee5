package io.millrace.api.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Constraint;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ToolChoice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class ResponseToolsTest {
  private static final String FUNCTION = "{'type':'function','name':'f'}";

  @Test
  void function_isToldAsTemplatesKnowIt() {
    Prompt.Chat chat =
        chat(
            "'tools':[{'type':'function','name':'f','description':'d','strict':true,"
                + "'parameters':{'type':'object'}}],'parallel_tool_calls':false");

    assertThat(json(chat.tools()))
        .isEqualTo(
            "[{'type':'function','function':{'name':'f','description':'d',"
                + "'parameters':{'type':'object'},'strict':true}}]");
    assertThat(chat.parallelToolCalls()).isFalse();
    assertThat(chat.messages()).hasSize(1);
  }

  @Test
  void withoutTools_thereAreNone() {
    assertThat(chat("'tool_choice':'auto'").tools()).isNull();
    assertThat(chat("'tools':[" + FUNCTION + "],'tool_choice':'none'").tools()).isNull();
  }

  @Test
  void choice_mayNameAFunctionOrSome() {
    String tools = "'tools':[" + FUNCTION + "],'tool_choice':";
    assertThat(chat(tools + "{'type':'function','name':'f'}").toolChoice())
        .isEqualTo(ToolChoice.function("f"));
    assertThat(
            chat(tools + "{'type':'allowed_tools','mode':'required','tools':[" + FUNCTION + "]}")
                .toolChoice())
        .isEqualTo(ToolChoice.REQUIRED.among(List.of("f")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          'tools':[{'name':'f'}] | tools[0].type is required
          'tools':[{'type':'web_search'}] | tools[0].type must be "function", but is "web_search"
          'tools':[{'type':'function'}] | tools[0].name is required
          'tools':[{'type':'function','name':'f','parameters':5}] | tools[0].parameters must be an object, but is 5
          'tools':[{'type':'function','name':'f','defer_loading':true}] | tools[0].defer_loading is not supported
          'tools':[{'type':'function','name':'f'}],'tool_choice':{'type':'function','name':'g'} | tool_choice names a function that is not among tools: "g"
          'tool_choice':'required' | tool_choice needs tools, but there are none
          """)
  void whatCannotBeCalled_isRefusedByName(String fields, String message) {
    assertThatThrownBy(() -> chat(fields)).isInstanceOf(Invalid.class).hasMessage(message);
  }

  @Test
  void schema_isWhatTheTextMustMatch() {
    TextFormat format =
        TextFormat.of(
            body(
                "'text':{'format':{'type':'json_schema','name':'n','strict':true,"
                    + "'schema':{'type':'object'}}}"));

    assertThat(Objects.requireNonNull(format.constraint().constraint()).constraint())
        .isEqualTo(new Constraint.JsonSchema("{\"type\":\"object\"}", false));
    assertThat(json(format))
        .isEqualTo(
            "{'format':{'type':'json_schema','name':'n','strict':true,"
                + "'schema':{'type':'object'}}}");
  }

  @Test
  void anyObject_isAForm() {
    TextFormat format = TextFormat.of(body("'text':{'format':{'type':'json_object'}}"));

    assertThat(format.constraint().constraint()).isNotNull();
    assertThat(json(format)).isEqualTo("{'format':{'type':'json_object'}}");
    assertThat(TextFormat.of(body("'text':{}")).constraint().constraint()).isNull();
  }

  private static Prompt.Chat chat(String fields) {
    JsonBody body = body("'input':'x'," + fields);
    return ResponseTools.of(body).in(InputItems.chat(body));
  }

  private static JsonBody body(String fields) {
    return JsonBody.parse(("{" + fields + "}").replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value).replace('"', '\'');
  }
}
