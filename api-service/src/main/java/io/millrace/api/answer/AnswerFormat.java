package io.millrace.api.answer;

import io.millrace.protocol.Reply;
import java.util.List;

/** How the answer to one request looks on the endpoint it came to: values that become JSON. */
public interface AnswerFormat {
  /** The whole answer. */
  Object whole(Completion answer);

  /** What a stream says before the first text. */
  List<Object> opening();

  /** A piece of text in a stream. */
  Object piece(String text);

  /** What a stream says after the last text. */
  List<Object> closing(Reply.Finished end);
}
