package io.millrace.api.answer;

import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;

/** The form of an answer that is never streamed. */
@FunctionalInterface
public interface WholeFormat extends AnswerFormat {
  @Override
  default List<Object> opening() {
    return List.of();
  }

  @Override
  default List<Object> piece(Reply.Delta piece) {
    return List.of();
  }

  @Override
  default List<Object> end(int index, FinishReason reason) {
    return List.of();
  }

  @Override
  default List<Object> closing(Usage usage) {
    return List.of();
  }
}
