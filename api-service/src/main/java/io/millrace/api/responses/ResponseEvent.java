package io.millrace.api.responses;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.millrace.api.answer.NamedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** An event of a stream of a response, as OpenAI writes it. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonPropertyOrder({"type", "sequence_number"})
sealed interface ResponseEvent {
  /** Its name, which it says inside, too. */
  String type();

  /** The event as a stream tells it. */
  default NamedEvent named() {
    return new NamedEvent(type(), this);
  }

  /** How the whole response is. */
  record OfResponse(String type, int sequenceNumber, Response response) implements ResponseEvent {}

  /** How one of its items is. */
  record OfItem(String type, int sequenceNumber, int outputIndex, Response.Item item)
      implements ResponseEvent {}

  /** How a part of an item is. */
  record OfPart(
      String type,
      int sequenceNumber,
      String itemId,
      int outputIndex,
      int contentIndex,
      Response.Part part)
      implements ResponseEvent {}

  /**
   * More of an item's text or arguments.
   *
   * @param contentIndex absent from arguments
   * @param logprobs of messages only
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record OfDelta(
      String type,
      int sequenceNumber,
      String itemId,
      int outputIndex,
      @Nullable Integer contentIndex,
      String delta,
      @Nullable List<Object> logprobs)
      implements ResponseEvent {}

  /**
   * A part's whole text.
   *
   * @param logprobs of messages only
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record OfText(
      String type,
      int sequenceNumber,
      String itemId,
      int outputIndex,
      int contentIndex,
      String text,
      @Nullable List<Object> logprobs)
      implements ResponseEvent {}

  /** The whole arguments of a call. */
  record OfArguments(
      String type,
      int sequenceNumber,
      String itemId,
      int outputIndex,
      String name,
      String arguments)
      implements ResponseEvent {}
}
