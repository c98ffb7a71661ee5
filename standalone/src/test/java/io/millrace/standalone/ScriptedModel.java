package io.millrace.standalone;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A model that answers as agents hope: with {@link #DOCUMENT} where a schema is asked for, with a
 * call of the first function where there is one that it has not heard from, and with text that
 * repeats the function's result otherwise.
 */
final class ScriptedModel {
  /** Valid under the schema of a person. */
  static final String DOCUMENT = "{\"name\":\"Ann\",\"age\":31}";

  static final String HELLO = "Hello there";

  private ScriptedModel() {}

  /** Has the worker answer so from now on. */
  static void speaks(ScriptedWorker worker) {
    worker.onRequest(request -> worker.reply(request, replies(request)));
  }

  private static Reply[] replies(GenerationRequest request) {
    if (request.stop().promptOnly()) {
      return answer(request, FinishReason.LENGTH);
    }
    if (request.format().constraint() != null) {
      return answer(request, FinishReason.STOP, text("{\"name\":\"Ann\","), text("\"age\":31}"));
    }
    Prompt.Chat chat = (Prompt.Chat) request.prompt();
    Map<String, Object> last = chat.messages().get(chat.messages().size() - 1);
    if (last.get("role").equals("tool")) {
      return answer(request, FinishReason.STOP, text("It is "), text(plain(last.get("content"))));
    }
    return chat.tools() == null
        ? answer(request, FinishReason.STOP, text("Hello"), text(" there"))
        : answer(
            request,
            FinishReason.TOOL_CALLS,
            call(ToolCallDelta.begin(0, "call_1", name(chat.tools().get(0)), "")),
            call(ToolCallDelta.more(0, "{\"city\":")),
            call(ToolCallDelta.more(0, "\"Oslo\"}")));
  }

  private static String name(Map<String, Object> tool) {
    return (String) ((Map<?, ?>) tool.get("function")).get("name");
  }

  private static String plain(Object content) {
    return content instanceof List<?> parts
        ? (String) ((Map<?, ?>) parts.get(0)).get("text")
        : (String) content;
  }

  private static AnswerPiece text(String text) {
    return AnswerPiece.of(text);
  }

  private static AnswerPiece call(ToolCallDelta call) {
    return new AnswerPiece("", "", List.of(call));
  }

  /** A token a piece. */
  private static Reply[] answer(
      GenerationRequest request, FinishReason reason, AnswerPiece... pieces) {
    List<Reply> replies = new ArrayList<>();
    int token = 0;
    for (AnswerPiece said : pieces) {
      replies.add(
          new Reply.Delta(
              request.id(), 1, token + 1, token, 0, said, null, List.of(++token), List.of(), null));
    }
    Reply.Choice end = new Reply.Choice(0, token, AnswerPiece.of(""), reason, List.of(), List.of());
    replies.add(new Reply.Finished(request.id(), 1, end, new Usage(3, token)));
    return replies.toArray(Reply[]::new);
  }
}
