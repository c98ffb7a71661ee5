package io.millrace.api.responses;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.millrace.api.answer.NamedEvent;
import java.util.List;
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

  /** More of a part's text. */
  record OfDelta(
      String type,
      int sequenceNumber,
      String itemId,
      int outputIndex,
      int contentIndex,
      String delta,
      List<Object> logprobs)
      implements ResponseEvent {}

  /** A part's whole text. */
  record OfText(
      String type,
      int sequenceNumber,
      String itemId,
      int outputIndex,
      int contentIndex,
      String text,
      List<Object> logprobs)
      implements ResponseEvent {}
}
