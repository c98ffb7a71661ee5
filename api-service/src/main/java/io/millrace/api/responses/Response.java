package io.millrace.api.responses;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A response as it is by now: whole, or within an event that tells how it is. */
@JsonNaming(SnakeCaseStrategy.class)
record Response(
    String id,
    String object,
    long createdAt,
    Status status,
    boolean background,
    @Nullable Problem error,
    @Nullable Incomplete incompleteDetails,
    @Nullable String instructions,
    @Nullable Integer maxOutputTokens,
    @Nullable Integer maxToolCalls,
    @Nullable JsonNode metadata,
    String model,
    List<Item> output,
    boolean parallelToolCalls,
    @Nullable String previousResponseId,
    @Nullable Object reasoning,
    boolean store,
    @Nullable Double temperature,
    TextFormat text,
    String toolChoice,
    List<Object> tools,
    int topLogprobs,
    @Nullable Double topP,
    String truncation,
    @Nullable Usage usage) {

  /** How far a response, or an item of it, has come. */
  enum Status {
    IN_PROGRESS,
    COMPLETED,
    INCOMPLETE,
    FAILED;

    /** As OpenAI spells it. */
    @JsonValue
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Why there is no more. */
  record Problem(String code, String message) {}

  /** Why the model did not come to its end. */
  record Incomplete(String reason) {}

  /** A message of the answer. Calls of tools would be items of another type beside it. */
  record Item(String id, String type, Status status, List<Part> content, String role) {}

  /** A text of a message. */
  record Part(String type, List<Object> annotations, List<Object> logprobs, String text) {
    static Part of(String text) {
      return new Part("output_text", List.of(), List.of(), text);
    }
  }

  /** What it cost. */
  @JsonNaming(SnakeCaseStrategy.class)
  record Usage(
      int inputTokens,
      InputDetails inputTokensDetails,
      int outputTokens,
      OutputDetails outputTokensDetails,
      int totalTokens) {
    @JsonNaming(SnakeCaseStrategy.class)
    record InputDetails(int cachedTokens) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record OutputDetails(int reasoningTokens) {}

    static Usage of(io.millrace.protocol.Usage usage) {
      return new Usage(
          usage.promptTokens(),
          new InputDetails(0),
          usage.completionTokens(),
          new OutputDetails(0),
          usage.totalTokens());
    }
  }
}
