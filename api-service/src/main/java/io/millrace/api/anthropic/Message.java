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

  /** A block of text. Calls of tools would be blocks of another type beside it. */
  record Block(String type, String text) {
    static Block of(String text) {
      return new Block("text", text);
    }
  }

  /** What it cost. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Usage(int inputTokens, int outputTokens) {
    static Usage of(io.millrace.protocol.Usage usage) {
      return new Usage(usage.promptTokens(), usage.completionTokens());
    }
  }
}
