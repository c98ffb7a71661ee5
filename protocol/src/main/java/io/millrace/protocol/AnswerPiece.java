package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What the model says in a piece of an answer, or in a whole one.
 *
 * @param text the answer itself
 * @param reasoning what the model thinks before it answers
 * @param toolCalls calls of functions, or pieces of them, in order
 */
@JsonNaming(SnakeCaseStrategy.class)
public record AnswerPiece(
    @Required String text,
    @JsonProperty("reasoning_content") @JsonInclude(Include.NON_EMPTY) String reasoning,
    @JsonInclude(Include.NON_EMPTY) List<ToolCallDelta> toolCalls) {
  /** Nothing at all. */
  public static final AnswerPiece NONE = of("");

  public AnswerPiece {
    reasoning = Lists.orEmpty(reasoning);
    toolCalls = Lists.copyOf(toolCalls);
  }

  /** Text and nothing else. */
  public static AnswerPiece of(String text) {
    return new AnswerPiece(text, "", List.of());
  }

  /** Whether it says nothing. */
  @JsonIgnore
  public boolean isEmpty() {
    return text.isEmpty() && reasoning.isEmpty() && toolCalls.isEmpty();
  }

  /** How many characters it has. */
  public int numCharacters() {
    int arguments = toolCalls.stream().mapToInt(call -> call.arguments().length()).sum();
    return text.length() + reasoning.length() + arguments;
  }
}
