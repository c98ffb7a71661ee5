package io.millrace.api.seed;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.api.answer.AnswerFormat;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code {"role": ..., "text": ...}}, or a stream of messages: the role first, then content. Of
 * several answers the whole tells all in {@code choices}.
 *
 * @param role who answers
 * @param echo what is said before the answer; empty for nothing
 * @param n how many answers are asked for
 */
record ChatFormat(String role, String echo, int n) implements AnswerFormat {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Text(String role, String text, @Nullable List<SeedChoices.Text> choices) {}

  record Choice(int index, Message message) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Message(@Nullable String role, @Nullable String content) {}

  @Override
  public Object whole(Reply.Finished answer) {
    return new Text(role, echo + answer.text(), SeedChoices.unlessOne(answer, echo));
  }

  @Override
  public List<Object> opening() {
    List<Object> events = new ArrayList<>();
    for (int index = 0; index < n; index++) {
      events.add(new Choice(index, new Message(role, null)));
    }
    for (int index = 0; index < n && !echo.isEmpty(); index++) {
      events.add(content(index, echo));
    }
    return events;
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    return List.of(content(piece.index(), piece.text()));
  }

  @Override
  public List<Object> end(int index, FinishReason reason) {
    return List.of();
  }

  @Override
  public List<Object> closing(Usage usage) {
    return List.of();
  }

  private static Choice content(int index, String text) {
    return new Choice(index, new Message(null, text));
  }
}
