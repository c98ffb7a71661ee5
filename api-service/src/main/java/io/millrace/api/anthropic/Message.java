package io.millrace.api.anthropic;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A message of the model.
 *
 * @param stopReason null while it is not complete
 * @param stopSequence the one that ended it, if one did
 */
@JsonNaming(SnakeCaseStrategy.class)
record Message(
    String id,
    String type,
    String role,
    String model,
    List<Block> content,
    @Nullable String stopReason,
    @Nullable String stopSequence,
    Usage usage) {

  /** What the model thought, said or called. */
  sealed interface Block {
    /** What it said. */
    static Block text(String text) {
      return new Text("text", text);
    }

    /** What it thought. Nobody signs it. */
    static Block thinking(String thinking) {
      return new Thinking("thinking", thinking, "");
    }

    /**
     * A call.
     *
     * @param input becomes a JSON object
     */
    static Block toolUse(String id, String name, Object input) {
      return new ToolUse("tool_use", id, name, input);
    }
  }

  record Text(String type, String text) implements Block {}

  record Thinking(String type, String thinking, String signature) implements Block {}

  record ToolUse(String type, String id, String name, Object input) implements Block {}

  /** What it cost. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Usage(int inputTokens, int outputTokens) {
    static Usage of(io.millrace.protocol.Usage usage) {
      return new Usage(usage.promptTokens(), usage.completionTokens());
    }
  }
}
