package io.millrace.api.answer;

import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;

/** The form of an answer on the endpoint that its request came to: values that become JSON. */
public interface AnswerFormat {
  /** The whole answer. */
  Object whole(Reply.Finished answer);

  /** What a stream says before the first text. */
  List<Object> opening();

  /** What a stream says of a piece of text. */
  List<Object> piece(Reply.Delta piece);

  /** What a stream says after the last text of one answer. */
  List<Object> end(int index, FinishReason reason);

  /** What a stream says after the last text of all. */
  List<Object> closing(Usage usage);
}
