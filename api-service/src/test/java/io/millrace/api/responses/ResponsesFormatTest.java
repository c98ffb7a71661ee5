package io.millrace.api.responses;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.answer.NamedEvent;
import io.millrace.api.body.JsonBody;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.SchedulingParams;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.Usage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The bodies and events of the Responses API, letter by letter. */
class ResponsesFormatTest {
  private static final String BEGIN =
      "{'id':'resp_1','object':'response','created_at':5,'status':'%s','background':false,'error':%s,'incomplete_details':%s,'instructions':'Be"
          + " kind','max_output_tokens':9,"
          + "'max_tool_calls':null,'metadata':{'a':'b'},'model':'m','output':%s,"
          + "'parallel_tool_calls':false,'previous_response_id':null,'reasoning':null,"
          + "'store':false,'temperature':0.5,'text':{'format':{'type':'text'}},"
          + "'tool_choice':'required','tools':[{'type':'function','name':'f'}],'top_logprobs':0,'top_p':null,"
          + "'truncation':'disabled','usage':%s}";
  private static final String USAGE =
      "{'input_tokens':4,'input_tokens_details':{'cached_tokens':0},'output_tokens':3,"
          + "'output_tokens_details':{'reasoning_tokens':0},'total_tokens':7}";
  private static final String IN_PROGRESS =
      BEGIN.formatted("in_progress", "null", "null", "[]", "null");

  private static final String REASONING =
      "{'id':'rs_1_0','type':'reasoning','status':'completed','summary':[],"
          + "'content':[{'type':'reasoning_text','text':'Hm'}]}";
  private static final String SAID =
      "{'id':'msg_1_1','type':'message','status':'completed','content':["
          + part("A")
          + "],'role':'assistant'}";
  private static final String THOUGHT_SAID_AND_CALLED =
      BEGIN.formatted(
          "incomplete",
          "null",
          "{'reason':'max_output_tokens'}",
          "["
              + String.join(
                  ",",
                  REASONING,
                  SAID,
                  call("fc_1_2", "completed", "{}", "c0", "f"),
                  call("fc_1_3", "incomplete", "{\\'a\\':", "c1", "g"))
              + "]",
          USAGE);

  private final ResponsesFormat format =
      new ResponsesFormat(
          new ResponseFrame(
              "1",
              5,
              "m",
              "Be kind",
              9,
              JsonMapper.shared().readTree("{\"a\":\"b\"}"),
              SamplingParams.NONE.withTemperature(0.5),
              TextFormat.of(JsonBody.parse("{}".getBytes(StandardCharsets.UTF_8))),
              ResponseTools.of(
                  JsonBody.parse(
                      ("{\"tools\":[{\"type\":\"function\",\"name\":\"f\"}],"
                              + "\"tool_choice\":\"required\",\"parallel_tool_calls\":false}")
                          .getBytes(StandardCharsets.UTF_8))),
              SchedulingParams.USUAL));

  @Test
  void answer_isAResponseWithAMessage() {
    assertThat(json(format.whole(finished("Hi", FinishReason.STOP))))
        .isEqualTo(
            BEGIN.formatted(
                "completed", "null", "null", "[" + item("completed", part("Hi")) + "]", USAGE));
  }

  @Test
  void answerThatWasCut_isIncomplete() {
    assertThat(json(format.whole(finished("Hi", FinishReason.LENGTH))))
        .isEqualTo(
            BEGIN.formatted(
                "incomplete",
                "null",
                "{'reason':'max_output_tokens'}",
                "[" + item("incomplete", part("Hi")) + "]",
                USAGE));
  }

  @Test
  void stream_hasOpenAisEventsInOrder() {
    List<Object> events = new ArrayList<>(format.opening());
    events.addAll(format.piece(new Reply.Delta("id", 1, 1, 1, "H")));
    events.addAll(format.piece(new Reply.Delta("id", 1, 2, 2, "i")));
    events.addAll(format.end(0, FinishReason.STOP));
    events.addAll(format.closing(new Usage(4, 3)));

    String place = "'item_id':'msg_1_0','output_index':0,'content_index':0,";
    String done = item("completed", part("Hi"));
    assertThat(events.stream().map(ResponsesFormatTest::event))
        .containsExactly(
            "response.created 0 'response':" + IN_PROGRESS,
            "response.in_progress 1 'response':" + IN_PROGRESS,
            "response.output_item.added 2 'output_index':0,'item':" + item("in_progress", ""),
            "response.content_part.added 3 " + place + "'part':" + part(""),
            "response.output_text.delta 4 " + place + "'delta':'H','logprobs':[]",
            "response.output_text.delta 5 " + place + "'delta':'i','logprobs':[]",
            "response.output_text.done 6 " + place + "'text':'Hi','logprobs':[]",
            "response.content_part.done 7 " + place + "'part':" + part("Hi"),
            "response.output_item.done 8 'output_index':0,'item':" + done,
            "response.completed 9 'response':"
                + BEGIN.formatted("completed", "null", "null", "[" + done + "]", USAGE));
    assertThat(format.endsWithDone()).isFalse();
  }

  @Test
  void whatIsThoughtSaidAndCalled_areItems() {
    List<Object> events = new ArrayList<>(format.opening());
    events.addAll(format.piece(piece("", "Hm", List.of())));
    events.addAll(format.piece(piece("A", "", List.of(begin(0, "c0", "f")))));
    events.addAll(format.piece(piece("", "", List.of(ToolCallDelta.more(0, "{}")))));
    events.addAll(format.piece(piece("", "", List.of(begin(1, "c1", "g")))));
    events.addAll(format.piece(piece("", "", List.of(ToolCallDelta.more(1, "{\"a\":")))));
    events.addAll(format.end(0, FinishReason.LENGTH));
    events.addAll(format.closing(new Usage(4, 3)));

    assertThat(events.stream().skip(2).map(ResponsesFormatTest::event))
        .startsWith(
            "response.output_item.added 2 'output_index':0,'item':"
                + "{'id':'rs_1_0','type':'reasoning','status':'in_progress','summary':[],"
                + "'content':[]}",
            "response.content_part.added 3 'item_id':'rs_1_0','output_index':0,'content_index':0,"
                + "'part':{'type':'reasoning_text','text':''}",
            "response.reasoning_text.delta 4 'item_id':'rs_1_0','output_index':0,"
                + "'content_index':0,'delta':'Hm'",
            "response.reasoning_text.done 5 'item_id':'rs_1_0','output_index':0,"
                + "'content_index':0,'text':'Hm'",
            "response.content_part.done 6 'item_id':'rs_1_0','output_index':0,'content_index':0,"
                + "'part':{'type':'reasoning_text','text':'Hm'}",
            "response.output_item.done 7 'output_index':0,'item':" + REASONING)
        .containsSubsequence(
            "response.output_item.done 13 'output_index':1,'item':" + SAID,
            "response.output_item.added 14 'output_index':2,'item':"
                + call("fc_1_2", "in_progress", "", "c0", "f"),
            "response.function_call_arguments.delta 15 'item_id':'fc_1_2','output_index':2,"
                + "'delta':'{}'",
            "response.function_call_arguments.done 16 'item_id':'fc_1_2','output_index':2,"
                + "'name':'f','arguments':'{}'",
            "response.output_item.done 17 'output_index':2,'item':"
                + call("fc_1_2", "completed", "{}", "c0", "f"))
        .endsWith("response.incomplete 22 'response':" + THOUGHT_SAID_AND_CALLED);
  }

  @Test
  void wholeAnswer_hasTheItemsOfTheStream() {
    AnswerPiece said =
        new AnswerPiece(
            "A",
            "Hm",
            List.of(
                ToolCallDelta.begin(0, "c0", "f", "{}"),
                ToolCallDelta.begin(1, "c1", "g", "{\"a\":")));
    Reply.Choice choice = new Reply.Choice(0, 0, said, FinishReason.LENGTH, List.of(), List.of());

    assertThat(json(format.whole(new Reply.Finished("id", 1, choice, new Usage(4, 3)))))
        .isEqualTo(THOUGHT_SAID_AND_CALLED);
  }

  @Test
  void answerOfCallsAlone_hasNoMessage() {
    format.piece(piece("", "", List.of(ToolCallDelta.begin(0, "c0", "f", "{}"))));
    format.end(0, FinishReason.TOOL_CALLS);

    assertThat(event(format.closing(new Usage(4, 3)).get(0)))
        .contains("'status':'completed'")
        .contains("'output':[" + call("fc_1_0", "completed", "{}", "c0", "f") + "]");
  }

  @Test
  void streamThatWasCut_endsIncomplete() {
    format.opening();
    format.end(0, FinishReason.LENGTH);

    assertThat(event(format.closing(new Usage(4, 3)).get(0)))
        .startsWith("response.incomplete 7 ")
        .contains("'incomplete_details':{'reason':'max_output_tokens'}");
  }

  @Test
  void failure_isAResponseThatFailed() {
    format.opening();
    ErrorBody error = ErrorBody.of(new RequestFailed(FailureKind.UNAVAILABLE, "lost"));

    assertThat(event(format.failure(error)))
        .isEqualTo(
            "response.failed 2 'response':"
                + BEGIN.formatted(
                    "failed", "{'code':'server_error','message':'lost'}", "null", "[]", "null"));
  }

  private static String item(String status, String content) {
    return "{'id':'msg_1_0','type':'message','status':'%s','content':[%s],'role':'assistant'}"
        .formatted(status, content);
  }

  private static String part(String text) {
    return "{'type':'output_text','annotations':[],'logprobs':[],'text':'%s'}".formatted(text);
  }

  private static String call(
      String id, String status, String arguments, String callId, String name) {
    return ("{'id':'%s','type':'function_call','status':'%s','arguments':'%s','call_id':'%s',"
            + "'name':'%s'}")
        .formatted(id, status, arguments, callId, name);
  }

  private static ToolCallDelta begin(int index, String id, String name) {
    return ToolCallDelta.begin(index, id, name, "");
  }

  private static Reply.Delta piece(String text, String thought, List<ToolCallDelta> calls) {
    AnswerPiece said = new AnswerPiece(text, thought, calls);
    return new Reply.Delta("id", 1, 1, 0, 0, said, null, List.of(1), List.of(), null);
  }

  private static Reply.Finished finished(String text, FinishReason reason) {
    return new Reply.Finished(
        "id",
        1,
        new Reply.Choice(0, 0, AnswerPiece.of(text), reason, List.of(), List.of()),
        new Usage(4, 3));
  }

  /** Its name, its number and the rest; what it says of its type is the name. */
  private static String event(Object event) {
    NamedEvent named = (NamedEvent) event;
    String data = json(named.data());
    String type = "{'type':'" + named.name() + "','sequence_number':";
    assertThat(data).startsWith(type).endsWith("}");
    String rest = data.substring(type.length(), data.length() - 1);
    return named.name() + " " + rest.replaceFirst(",", " ");
  }

  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value).replace('"', '\'');
  }
}
