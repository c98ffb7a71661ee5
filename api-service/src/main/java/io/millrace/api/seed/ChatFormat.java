package io.millrace.api.seed;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.api.answer.AnswerFormat;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * {@code {"role": ..., "text": ...}}, or a stream of messages: the role first, then content. Of
 * several answers the whole tells all in {@code choices}. What the model thinks, and the calls that
 * it writes, stand beside the text as in OpenAI's deltas.
 *
 * @param role who answers
 * @param echo what is said before the answer; empty for nothing
 * @param n how many answers are asked for
 */
record ChatFormat(String role, String echo, int n) implements AnswerFormat {

  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Text(
      @JsonInclude String role,
      @JsonInclude String text,
      String reasoningContent,
      List<ToolCallDelta> toolCalls,
      @Nullable List<SeedChoices.Text> choices) {}

  record Choice(int index, Message message) {}

  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record Message(
      @Nullable String role,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String content,
      String reasoningContent,
      List<ToolCallDelta> toolCalls) {
    static Message opening(String role) {
      return new Message(role, null, "", List.of());
    }

    static Message of(AnswerPiece said) {
      boolean silent = said.text().isEmpty() && !said.isEmpty();
      return new Message(null, silent ? null : said.text(), said.reasoning(), said.toolCalls());
    }
  }

  @Override
  public Object whole(Reply.Finished answer) {
    AnswerPiece said = answer.choices().get(0).said();
    return new Text(
        role,
        echo + said.text(),
        said.reasoning(),
        said.toolCalls(),
        SeedChoices.unlessOne(answer, echo));
  }

  @Override
  public List<Object> opening() {
    List<Object> events = new ArrayList<>();
    for (int index = 0; index < n; index++) {
      events.add(new Choice(index, Message.opening(role)));
    }
    for (int index = 0; index < n && !echo.isEmpty(); index++) {
      events.add(content(index, AnswerPiece.of(echo)));
    }
    return events;
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    return List.of(content(piece.index(), piece.said()));
  }

  @Override
  public List<Object> end(int index, FinishReason reason) {
    return List.of();
  }

  @Override
  public List<Object> closing(Usage usage) {
    return List.of();
  }

  private static Choice content(int index, AnswerPiece said) {
    return new Choice(index, Message.of(said));
  }
}
