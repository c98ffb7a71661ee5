package io.millrace.api.seed;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.api.answer.AnswerFormat;
import io.millrace.api.answer.Completion;
import io.millrace.protocol.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code {"role": ..., "text": ...}}, or a stream of messages: the role first, then content.
 *
 * @param role who answers
 * @param echo what is said before the answer; empty for nothing
 */
record ChatFormat(String role, String echo) implements AnswerFormat {

  record Text(String role, String text) {}

  record Choice(int index, Message message) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Message(@Nullable String role, @Nullable String content) {}

  @Override
  public Object whole(Completion answer) {
    return new Text(role, echo + answer.text());
  }

  @Override
  public List<Object> opening() {
    Choice first = new Choice(0, new Message(role, null));
    return echo.isEmpty() ? List.of(first) : List.of(first, piece(echo));
  }

  @Override
  public Object piece(String text) {
    return new Choice(0, new Message(null, text));
  }

  @Override
  public List<Object> closing(Reply.Finished end) {
    return List.of();
  }
}
