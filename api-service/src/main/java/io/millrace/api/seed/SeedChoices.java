package io.millrace.api.seed;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ToolCallDelta;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Several answers to one request, where the seed's shape has room for one. */
final class SeedChoices {
  private SeedChoices() {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Text(
      int index,
      String text,
      @JsonInclude(Include.NON_EMPTY) String reasoningContent,
      @JsonInclude(Include.NON_EMPTY) List<ToolCallDelta> toolCalls) {}

  /** All of them; null when there is only one. */
  static @Nullable List<Text> unlessOne(Reply.Finished answer) {
    return unlessOne(answer, "");
  }

  /**
   * The same with the same words before each.
   *
   * @param before empty for nothing
   */
  static @Nullable List<Text> unlessOne(Reply.Finished answer, String before) {
    return answer.choices().size() == 1
        ? null
        : answer.choices().stream().map(choice -> text(choice, before)).toList();
  }

  private static Text text(Reply.Choice choice, String before) {
    AnswerPiece said = choice.said();
    return new Text(choice.index(), before + said.text(), said.reasoning(), said.toolCalls());
  }
}
