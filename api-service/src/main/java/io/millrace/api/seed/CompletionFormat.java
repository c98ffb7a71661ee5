package io.millrace.api.seed;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.api.answer.AnswerFormat;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code {"request_id": ..., "text": ...}}, whole or piece by piece. Of several answers the whole
 * tells all in {@code choices}, and each piece its {@code index}.
 *
 * @param n how many answers are asked for
 */
record CompletionFormat(String id, int n) implements AnswerFormat {

  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Text(
      String requestId,
      @Nullable Integer index,
      String text,
      @Nullable List<SeedChoices.Text> choices) {}

  @Override
  public Object whole(Reply.Finished answer) {
    return new Text(id, null, answer.text(), SeedChoices.unlessOne(answer));
  }

  @Override
  public List<Object> opening() {
    return List.of();
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    return List.of(new Text(id, n > 1 ? piece.index() : null, piece.text(), null));
  }

  @Override
  public List<Object> end(int index, FinishReason reason) {
    return List.of();
  }

  @Override
  public List<Object> closing(Usage usage) {
    return List.of();
  }
}
