package io.millrace.api.seed;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.Usage;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SeedFormatsTest {
  @Test
  void oneAnswer_looksAsTheSeeds() {
    Reply.Finished one =
        new Reply.Finished(
            "id",
            1,
            new Reply.Choice(0, 1, AnswerPiece.of("a"), FinishReason.STOP, List.of(), List.of()),
            new Usage(1, 1));
    Reply.Delta piece = new Reply.Delta("id", 1, 1, 1, "a");

    assertThat(json(new CompletionFormat("id", 1).whole(one)))
        .isEqualTo("{'request_id':'id','text':'a'}");
    assertThat(json(new CompletionFormat("id", 1).piece(piece)))
        .isEqualTo("[{'request_id':'id','text':'a'}]");
    assertThat(json(new ChatFormat("assistant", "", 1).whole(one)))
        .isEqualTo("{'role':'assistant','text':'a'}");
  }

  @Test
  void severalAnswers_areAllTold() {
    Reply.Finished two =
        new Reply.Finished(
            "id",
            1,
            1,
            List.of(
                new Reply.Choice(
                    0, 0, AnswerPiece.of("a"), FinishReason.STOP, List.of(), List.of()),
                new Reply.Choice(
                    1, 0, AnswerPiece.of("b"), FinishReason.STOP, List.of(), List.of())),
            new Usage(1, 2),
            List.of());
    Reply.Delta piece =
        new Reply.Delta(
            "id", 1, 1, 1 - 1, 1, AnswerPiece.of("b"), null, List.of(1), List.of(), null);

    assertThat(json(new CompletionFormat("id", 2).whole(two)))
        .isEqualTo(
            "{'request_id':'id','text':'a','choices':[{'index':0,'text':'a'},{'index':1,'text':'b'}]}");
    assertThat(json(new CompletionFormat("id", 2).piece(piece)))
        .isEqualTo("[{'request_id':'id','index':1,'text':'b'}]");
    assertThat(json(new ChatFormat("assistant", ">", 2).whole(two)))
        .isEqualTo(
            "{'role':'assistant','text':'>a','choices':[{'index':0,'text':'>a'},{'index':1,'text':'>b'}]}");
    assertThat(json(new ChatFormat("assistant", ">", 2).opening()))
        .isEqualTo(
            "[{'index':0,'message':{'role':'assistant'}},{'index':1,'message':{'role':'assistant'}},"
                + "{'index':0,'message':{'content':'>'}},{'index':1,'message':{'content':'>'}}]");
    assertThat(json(new ChatFormat("assistant", ">", 2).piece(piece)))
        .isEqualTo("[{'index':1,'message':{'content':'b'}}]");
  }

  @Test
  void thoughtsAndCalls_standBesideTheText() {
    AnswerPiece said =
        new AnswerPiece("", "hm", List.of(ToolCallDelta.begin(0, "call_1", "f", "{}")));
    Reply.Finished one =
        new Reply.Finished(
            "id",
            1,
            new Reply.Choice(0, 1, said, FinishReason.TOOL_CALLS, List.of(), List.of()),
            new Usage(1, 1));
    Reply.Delta piece = new Reply.Delta("id", 1, 1, 0, 0, said, null, List.of(1), List.of(), null);
    String besides =
        "'reasoning_content':'hm','tool_calls':[{'index':0,'id':'call_1','type':'function',"
            + "'function':{'name':'f','arguments':'{}'}}]}";

    assertThat(json(new ChatFormat("assistant", "", 1).whole(one)))
        .isEqualTo("{'role':'assistant','text':''," + besides);
    assertThat(json(new ChatFormat("assistant", "", 1).piece(piece)))
        .isEqualTo("[{'index':0,'message':{" + besides + "}]");
  }

  private static String json(Object value) {
    return JsonMapper.shared().writeValueAsString(value).replace('"', '\'');
  }
}
