package io.millrace.api.answer;

import io.millrace.api.error.ErrorBody;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;

/**
 * The form of an answer on the endpoint that its request came to: values that become JSON. An event
 * with a name of its own is a {@link NamedEvent}. A stream is told in order, to one subscriber.
 */
public interface AnswerFormat {
  /** The whole answer. */
  Object whole(Reply.Finished answer);

  /**
   * Says which number the next event has, from 0, of a stream that goes on after what its client
   * has had; for formats whose events tell it.
   */
  default void numberFrom(int number) {}

  /** What a stream says before the first text. */
  List<Object> opening();

  /** What a stream says of a piece of text, or of tokens. */
  List<Object> piece(Reply.Delta piece);

  /** What a stream says after the last text of one answer. */
  List<Object> end(int index, FinishReason reason);

  /** What a stream says after the last text of all. */
  List<Object> closing(Usage usage);

  /** Whether a stream tells tokens, so that it has pieces of those that add nothing to say. */
  default boolean tellsTokens() {
    return false;
  }

  /** What a stream that has begun says, as the last thing, where there is no more of the answer. */
  default Object failure(ErrorBody error) {
    return error;
  }

  /** Whether a stream that has said all ends with {@code data: [DONE]}. */
  default boolean endsWithDone() {
    return true;
  }
}
