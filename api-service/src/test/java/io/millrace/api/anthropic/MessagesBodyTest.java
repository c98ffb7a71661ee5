package io.millrace.api.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Constraint;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.StopCriteria;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

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
  void callsAndTheirResults_areMessages() {
    Prompt.Chat chat =
        MessagesBody.chat(
            body(
                "{'messages':[{'role':'user','content':'a'},"
                    + "{'role':'assistant','content':[{'type':'thinking','thinking':'hm',"
                    + "'signature':'s'},{'type':'text','text':'b'},"
                    + "{'type':'tool_use','id':'t1','name':'f','input':{'x':1}},"
                    + "{'type':'tool_use','id':'t2','name':'g'}]},"
                    + "{'role':'user','content':["
                    + "{'type':'tool_result','tool_use_id':'t1','content':'one'},"
                    + "{'type':'tool_result','tool_use_id':'t2','is_error':true,'content':'no'},"
                    + "{'type':'tool_result','tool_use_id':'t3','is_error':true,"
                    + "'content':[{'type':'text','text':'no'}]},"
                    + "{'type':'tool_result','tool_use_id':'t4'},"
                    + "{'type':'text','text':'c'}]}]}"));

    assertThat(chat.messages().stream().map(MessagesBodyTest::json))
        .containsExactly(
            "{'role':'user','content':'a'}",
            "{'role':'assistant','content':[{'type':'text','text':'b'}],"
                + "'reasoning_content':'hm','tool_calls':["
                + "{'id':'t1','type':'function','function':"
                + "{'name':'f','arguments':'{\\'x\\':1}'}},"
                + "{'id':'t2','type':'function','function':{'name':'g','arguments':'{}'}}]}",
            "{'role':'tool','content':'one','tool_call_id':'t1'}",
            "{'role':'tool','content':'Error: no','tool_call_id':'t2'}",
            "{'role':'tool','content':[{'type':'text','text':'Error:'},"
                + "{'type':'text','text':'no'}],'tool_call_id':'t3'}",
            "{'role':'tool','content':'','tool_call_id':'t4'}",
            "{'role':'user','content':[{'type':'text','text':'c'}]}");
  }

  @Test
  void tools_areToldAsTemplatesKnowThem() {
    Prompt.Chat chat =
        MessagesBody.chat(
            body(
                "{'messages':[{'role':'user','content':'a'}],"
                    + "'tools':[{'name':'f','description':'d','input_schema':{'type':'object'},"
                    + "'cache_control':{'type':'ephemeral'}},{'type':'custom','name':'g'}],"
                    + "'tool_choice':{'type':'auto','disable_parallel_tool_use':true}}"));

    assertThat(json(chat.tools()))
        .isEqualTo(
            "[{'type':'function','function':{'name':'f','description':'d',"
                + "'parameters':{'type':'object'}}},"
                + "{'type':'function','function':{'name':'g'}}]");
    assertThat(chat.parallelToolCalls()).isFalse();
  }

  @Test
  void schema_isWhatTheTextMustMatch() {
    JsonBody body =
        body("{'output_config':{'format':{'type':'json_schema','schema':{'type':'object'}}}}");

    assertThat(Objects.requireNonNull(MessagesBody.format(body).constraint()).constraint())
        .isEqualTo(new Constraint.JsonSchema("{\"type\":\"object\"}", false));
    assertThat(MessagesBody.format(body("{}")).constraint()).isNull();
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
          {'max_tokens':1,'messages':[{'role':'user','content':[{'type':'image'}]}]} | messages[0].content[0].type must be "text" or "tool_result", but is "image"
          {'max_tokens':1,'messages':[{'role':'user','content':[{'type':'tool_use'}]}]} | messages[0].content[0].type must be "text" or "tool_result", but is "tool_use"
          {'max_tokens':1,'messages':[{'role':'user','content':[{'type':'tool_result'}]}]} | messages[0].content[0].tool_use_id is required
          {'max_tokens':1,'messages':[{'role':'assistant','content':[{'type':'redacted_thinking','data':'x'}]}]} | messages[0].content[0].type must be "text" or "thinking" or "tool_use", but is "redacted_thinking"
          {'max_tokens':1,'messages':[{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'f','input':5}]}]} | messages[0].content[0].input must be an object, but is 5
          {'max_tokens':1,'messages':[{'role':'assistant','content':[{'type':'tool_use','id':'t','name':'f','input':{}}]}]} | messages[0].content has a tool_use, but no message with its tool_result follows
          {'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[{'type':'bash_20250124','name':'bash'}]} | tools[0].type must be "custom", but is "bash_20250124"
          {'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[{}]} | tools[0].name is required
          {'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[{'name':'f','input_examples':[{'a':1}]}]} | tools[0].input_examples is not supported
          {'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[{'name':'f'}],'tool_choice':'auto'} | tool_choice must be an object, but is "auto"
          {'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[{'name':'f'}],'tool_choice':{'type':'tool'}} | tool_choice.name is required
          {'max_tokens':1,'messages':[{'role':'user','content':'x'}],'tools':[{'name':'f'}],'tool_choice':{'type':'tool','name':'g'}} | tool_choice names a function that is not among tools: "g"
          {'max_tokens':1,'messages':[{'role':'user','content':'x'}],'output_config':{'effort':'high'}} | output_config.effort is not supported
          {'max_tokens':1,'messages':[{'role':'user','content':'x'}],'output_config':{'format':{'type':'json_object'}}} | output_config.format.type must be "json_schema", but is "json_object"
          {'max_tokens':1,'system':5,'messages':[]} | system must be a string or a list of parts, but is 5
          """)
  void whatIsWrong_isRefusedByName(String body, String message) {
    assertThatThrownBy(
            () -> {
              MessagesBody.stop(body(body));
              MessagesBody.chat(body(body));
              MessagesBody.format(body(body));
            })
        .isInstanceOf(Invalid.class)
        .hasMessage(message);
  }

  private static String json(@Nullable Object value) {
    return JsonMapper.shared().writeValueAsString(value).replace('"', '\'');
  }

  private static JsonBody body(String json) {
    return JsonBody.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
