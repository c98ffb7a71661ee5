package io.millrace.api.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.answer.NamedEvent;
import io.millrace.api.error.ErrorBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
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
            "content_block_start {'type':'content_block_start','index':0,"
                + "'content_block':{'type':'text','text':''}}",
            "ping {'type':'ping'}",
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
