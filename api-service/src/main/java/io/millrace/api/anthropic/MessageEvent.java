package io.millrace.api.anthropic;

import io.millrace.api.answer.NamedEvent;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** An event of a stream of a message, as Anthropic writes it. */
@JsonNaming(SnakeCaseStrategy.class)
sealed interface MessageEvent {
  /** Its name, which it says inside, too. */
  String type();

  /** The event as a stream tells it. */
  default NamedEvent named() {
    return new NamedEvent(type(), this);
  }

  /** The message before its first block. */
  record Start(String type, Message message) implements MessageEvent {}

  /** A block before there is anything in it. */
  record BlockStart(String type, int index, Message.Block contentBlock) implements MessageEvent {}

  /** More of a block. */
  record BlockDelta(String type, int index, More delta) implements MessageEvent {}

  /** The end of a block. */
  record BlockStop(String type, int index) implements MessageEvent {}

  /** The end of a message, and what it cost. */
  record Delta(String type, End delta, Message.Usage usage) implements MessageEvent {}

  /** An event that says no more than its name. */
  record Bare(String type) implements MessageEvent {}

  /** What a block has more. */
  sealed interface More {}

  record MoreText(String type, String text) implements More {}

  record MoreThinking(String type, String thinking) implements More {}

  /**
   * More of the input of a call.
   *
   * @param partialJson joined, a JSON object
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record MoreInput(String type, String partialJson) implements More {}

  /** Why a message is complete. */
  @JsonNaming(SnakeCaseStrategy.class)
  record End(String stopReason, @Nullable String stopSequence) {}
}
