package io.millrace.api.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.answer.NamedEvent;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** The bodies and events of the Messages API, letter by letter. */
class MessagesFormatTest {
  private final MessagesFormat format =
      new MessagesFormat("msg_1", "m", List.of("END", "D", "\n\n"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Hi    | STOP   | [{'type':'text','text':'Hi'}]  | 'end_turn'      | null
          Hi    | LENGTH | [{'type':'text','text':'Hi'}]  | 'max_tokens'    | null
          HiEND | LENGTH | [{'type':'text','text':'HiEND'}] | 'max_tokens'  | null
          HiEND | STOP   | [{'type':'text','text':'Hi'}]  | 'stop_sequence' | 'END'
          HiD   | STOP   | [{'type':'text','text':'Hi'}]  | 'stop_sequence' | 'D'
          END   | STOP   | []                             | 'stop_sequence' | 'END'
          """)
  void answer_saysWhatEndedIt(
      String text, FinishReason reason, String content, String stop, String sequence) {
    assertThat(json(format.whole(finished(text, reason))))
        .isEqualTo(
            "{'id':'msg_1','type':'message','role':'assistant','model':'m','content':%s,"
                    .formatted(content)
                + "'stop_reason':%s,'stop_sequence':%s,".formatted(stop, sequence)
                + "'usage':{'input_tokens':4,'output_tokens':3}}");
  }

  @Test
  void stream_hasAnthropicsEventsInOrder() {
    List<Object> events = new ArrayList<>(format.opening());
    events.addAll(format.piece(delta("H", null)));
    events.addAll(format.piece(delta("iEND", FinishReason.STOP)));
    events.addAll(format.end(0, FinishReason.STOP));
    events.addAll(format.closing(new Usage(4, 3)));

    assertThat(events.stream().map(MessagesFormatTest::event))
        .containsExactly(
            "message_start {'type':'message_start','message':{'id':'msg_1','type':'message',"
                + "'role':'assistant','model':'m','content':[],'stop_reason':null,"
                + "'stop_sequence':null,'usage':{'input_tokens':0,'output_tokens':0}}}",
            "ping {'type':'ping'}",
            "content_block_start {'type':'content_block_start','index':0,"
                + "'content_block':{'type':'text','text':''}}",
            "content_block_delta {'type':'content_block_delta','index':0,"
                + "'delta':{'type':'text_delta','text':'H'}}",
            "content_block_delta {'type':'content_block_delta','index':0,"
                + "'delta':{'type':'text_delta','text':'i'}}",
            "content_block_stop {'type':'content_block_stop','index':0}",
            "message_delta {'type':'message_delta','delta':{'stop_reason':'stop_sequence',"
                + "'stop_sequence':'END'},'usage':{'input_tokens':4,'output_tokens':3}}",
            "message_stop {'type':'message_stop'}");
    assertThat(format.endsWithDone()).isFalse();
  }

  @Test
  void lastPieceThatIsTheStopSequence_isNotTold() {
    assertThat(format.piece(delta("\n\n", FinishReason.STOP))).isEmpty();
  }

  @Test
  void whatIsThoughtSaidAndCalled_areBlocks() {
    List<Object> events = new ArrayList<>(format.opening());
    events.addAll(format.piece(piece("", "Hm", List.of())));
    events.addAll(format.piece(piece("A", "", List.of(ToolCallDelta.begin(0, "c0", "f", "")))));
    events.addAll(format.piece(piece("", "", List.of(ToolCallDelta.more(0, "{}")))));
    events.addAll(format.piece(piece("", "", List.of(ToolCallDelta.begin(1, "c1", "g", "")))));
    events.addAll(format.end(0, FinishReason.TOOL_CALLS));
    events.addAll(format.closing(new Usage(4, 3)));

    assertThat(events.stream().skip(2).map(event -> json(((NamedEvent) event).data())))
        .containsExactly(
            "{'type':'content_block_start','index':0,"
                + "'content_block':{'type':'thinking','thinking':'','signature':''}}",
            "{'type':'content_block_delta','index':0,"
                + "'delta':{'type':'thinking_delta','thinking':'Hm'}}",
            "{'type':'content_block_stop','index':0}",
            "{'type':'content_block_start','index':1,'content_block':{'type':'text','text':''}}",
            "{'type':'content_block_delta','index':1,'delta':{'type':'text_delta','text':'A'}}",
            "{'type':'content_block_stop','index':1}",
            "{'type':'content_block_start','index':2,"
                + "'content_block':{'type':'tool_use','id':'c0','name':'f','input':{}}}",
            "{'type':'content_block_delta','index':2,"
                + "'delta':{'type':'input_json_delta','partial_json':'{}'}}",
            "{'type':'content_block_stop','index':2}",
            "{'type':'content_block_start','index':3,"
                + "'content_block':{'type':'tool_use','id':'c1','name':'g','input':{}}}",
            "{'type':'content_block_stop','index':3}",
            "{'type':'message_delta','delta':{'stop_reason':'tool_use','stop_sequence':null},"
                + "'usage':{'input_tokens':4,'output_tokens':3}}",
            "{'type':'message_stop'}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          TOOL_CALLS | {'a':1} | tool_use   | ,{'type':'tool_use','id':'c0','name':'f','input':{'a':1}}
          TOOL_CALLS | ``      | tool_use   | ,{'type':'tool_use','id':'c0','name':'f','input':{}}
          STOP       | {'a':1} | tool_use   | ,{'type':'tool_use','id':'c0','name':'f','input':{'a':1}}
          LENGTH     | {'a':   | max_tokens | ``
          """)
  void wholeMessage_hasTheCallsThatAreComplete(
      FinishReason reason, String arguments, String stop, String call) {
    AnswerPiece said =
        new AnswerPiece(
            "A", "Hm", List.of(ToolCallDelta.begin(0, "c0", "f", arguments.replace('\'', '"'))));
    Reply.Choice choice = new Reply.Choice(0, 0, said, reason, List.of(), List.of());

    assertThat(json(format.whole(new Reply.Finished("id", 1, choice, new Usage(4, 3)))))
        .contains(
            "'content':[{'type':'thinking','thinking':'Hm','signature':''},"
                + "{'type':'text','text':'A'}"
                + call
                + "],'stop_reason':'"
                + stop
                + "'");
  }

  @Test
  void failure_isAnErrorEvent() {
    ErrorBody error = ErrorBody.of(new RequestFailed(FailureKind.UNAVAILABLE, "lost"));
    assertThat(event(format.failure(error)))
        .isEqualTo("error {'type':'error','error':{'type':'overloaded_error','message':'lost'}}");
  }

  @ParameterizedTest
  @EnumSource
  void errors_haveAnthropicsTypes(FailureKind kind) {
    ErrorBody body = ErrorBody.of(new RequestFailed(kind, "no"));
    String type =
        switch (kind) {
          case INVALID, CANCELLED -> "invalid_request_error";
          case NOT_FOUND -> "not_found_error";
          case OVERLOADED -> "rate_limit_error";
          case UNAVAILABLE -> "overloaded_error";
          case DEADLINE -> "timeout_error";
          case INTERNAL -> "api_error";
        };
    assertThat(json(MessageError.of(body)))
        .isEqualTo("{'type':'error','error':{'type':'%s','message':'no'}}".formatted(type));
  }

  private static Reply.Delta delta(String text, @Nullable FinishReason reason) {
    return new Reply.Delta(
        "id", 1, 1, 0, 0, AnswerPiece.of(text), reason, List.of(1), List.of(), null);
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

  private static String event(Object event) {
    NamedEvent named = (NamedEvent) event;
    return named.name() + " " + json(named.data());
  }

  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value).replace('"', '\'');
  }
}
