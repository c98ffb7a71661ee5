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
 * A whole answer of a chat.
 *
 * @param content null where the model calls functions or thinks, and says nothing
 * @param reasoningContent as DeepSeek's API has it; absent where the model does not think
 * @param reasoning the same, as OpenRouter and vLLM have it
 * @param toolCalls absent rather than empty
 */
@JsonNaming(SnakeCaseStrategy.class)
record ChatMessage(
    String role,
    @Nullable String content,
    @JsonInclude(Include.NON_NULL) @Nullable String reasoningContent,
    @JsonInclude(Include.NON_NULL) @Nullable String reasoning,
    @JsonInclude(Include.NON_EMPTY) List<Call> toolCalls) {

  /** A call of a function, complete unless the answer ends within it. */
  record Call(@Nullable String id, @Nullable String type, ToolCallDelta.Function function) {}

  static ChatMessage of(String role, AnswerPiece said) {
    boolean silent = said.text().isEmpty() && !said.isEmpty();
    String thought = said.reasoning().isEmpty() ? null : said.reasoning();
    return new ChatMessage(
        role,
        silent ? null : said.text(),
        thought,
        thought,
        said.toolCalls().stream()
            .map(call -> new Call(call.id(), call.type(), call.function()))
            .toList());
  }
}
