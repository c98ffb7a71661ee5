package io.millrace.api.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.ToolCallDelta;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A piece of a chat's answer, with what it adds to a {@link ChatMessage}; what it does not add to
 * is absent.
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_EMPTY)
record ChatDelta(
    @Nullable String role,
    @JsonInclude(Include.NON_NULL) @Nullable String content,
    @Nullable String reasoningContent,
    @Nullable String reasoning,
    List<ToolCallDelta> toolCalls) {
  /** Of the event that ends an answer. */
  static final ChatDelta NOTHING = new ChatDelta(null, null, null, null, List.of());

  /** Of the first event of an answer. */
  static ChatDelta opening(String role) {
    return new ChatDelta(role, "", null, null, List.of());
  }

  static ChatDelta of(AnswerPiece said) {
    boolean silent = said.text().isEmpty() && !said.isEmpty();
    return new ChatDelta(
        null, silent ? null : said.text(), said.reasoning(), said.reasoning(), said.toolCalls());
  }
}
