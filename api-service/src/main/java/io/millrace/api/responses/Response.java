package io.millrace.api.responses;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.protocol.ServiceTier;
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
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ServiceTier serviceTier,
    boolean store,
    @Nullable Double temperature,
    TextFormat text,
    Object toolChoice,
    List<JsonNode> tools,
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

  /** What the model said, thought or called. */
  sealed interface Item {
    /** Unique. */
    String id();
  }

  /** What it said. */
  record Message(String id, String type, Status status, List<Part> content, String role)
      implements Item {}

  /**
   * What it thought.
   *
   * @param summary always empty: it is told in full
   */
  record Reasoning(String id, String type, Status status, List<Object> summary, List<Part> content)
      implements Item {}

  /**
   * A call of a function.
   *
   * @param arguments a JSON object, or the beginning of one if the answer ends within it
   * @param callId by which the result of the call refers to it
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record FunctionCall(
      String id, String type, Status status, String arguments, String callId, String name)
      implements Item {}

  /**
   * A text of an item.
   *
   * @param annotations absent from reasoning, as are {@code logprobs}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Part(
      String type,
      @Nullable List<Object> annotations,
      @Nullable List<Object> logprobs,
      String text) {
    /** Of a message. */
    static Part output(String text) {
      return new Part("output_text", List.of(), List.of(), text);
    }

    /** Of what was thought. */
    static Part reasoning(String text) {
      return new Part("reasoning_text", null, null, text);
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
