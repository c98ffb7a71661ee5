package io.millrace.api.seed;

import io.millrace.api.answer.AnswerFormat;
import io.millrace.api.answer.Completion;
import io.millrace.protocol.Reply;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** {@code {"request_id": ..., "text": ...}}, whole or piece by piece. */
record CompletionFormat(String id) implements AnswerFormat {

  @JsonNaming(SnakeCaseStrategy.class)
  record Text(String requestId, String text) {}

  @Override
  public Object whole(Completion answer) {
    return new Text(id, answer.text());
  }

  @Override
  public List<Object> opening() {
    return List.of();
  }

  @Override
  public Object piece(String text) {
    return new Text(id, text);
  }

  @Override
  public List<Object> closing(Reply.Finished end) {
    return List.of();
  }
}
