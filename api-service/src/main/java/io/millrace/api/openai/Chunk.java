package io.millrace.api.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.ServiceTier;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What OpenAI's endpoints send: an answer, or an event of a stream.
 *
 * @param promptLogprobs of a chat that asked for them, as vLLM tells them
 * @param promptTokenIds of a chat that asked for tokens: the prompt's, as vLLM tells them; in the
 *     first event of each answer
 * @param serviceTier absent unless the client said something of it
 * @param usage absent but for whole answers and the event that asked for it
 */
@JsonNaming(SnakeCaseStrategy.class)
record Chunk(
    String id,
    String object,
    long created,
    String model,
    List<? extends Record> choices,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object promptLogprobs,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> promptTokenIds,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ServiceTier serviceTier,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Usage usage) {

  /**
   * A choice of a completion, whole or a piece.
   *
   * @param promptTokenIds absent unless tokens are asked for, and but for the first event
   * @param tokenIds absent unless they are asked for
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Text(
      int index,
      String text,
      @Nullable Object logprobs,
      @Nullable String finishReason,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Object promptLogprobs,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> promptTokenIds,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> tokenIds) {}

  /** A choice of a whole chat answer. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Answer(
      int index,
      ChatMessage message,
      @Nullable Object logprobs,
      @Nullable String finishReason,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> tokenIds) {}

  /** The one choice of a chat event. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Delta(
      int index,
      ChatDelta delta,
      @Nullable Object logprobs,
      @Nullable String finishReason,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> tokenIds) {}

  @JsonNaming(SnakeCaseStrategy.class)
  record Usage(int promptTokens, int completionTokens, int totalTokens) {
    static Usage of(io.millrace.protocol.Usage usage) {
      return new Usage(usage.promptTokens(), usage.completionTokens(), usage.totalTokens());
    }
  }

  static @Nullable String label(@Nullable FinishReason reason) {
    return reason == null ? null : reason.label();
  }
}
