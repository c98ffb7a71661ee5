package io.millrace.api.anthropic;

import io.millrace.api.answer.AnswerFormat;
import io.millrace.api.answer.NamedEvent;
import io.millrace.api.anthropic.Message.Block;
import io.millrace.api.error.ErrorBody;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form of one message: whole, or events in Anthropic's order. The only block is of text. What a
 * prompt cost is known at the end: a stream begins with 0 and ends with the truth.
 */
final class MessagesFormat implements AnswerFormat {
  private final String id;
  private final String model;
  private final List<String> stopSequences;

  /** Null unless one has ended the text. */
  private @Nullable String ending;

  private @Nullable FinishReason reason;

  /**
   * @param stopSequences of which one may stand at the end of the text
   */
  MessagesFormat(String id, String model, List<String> stopSequences) {
    this.id = id;
    this.model = model;
    this.stopSequences = stopSequences;
  }

  @Override
  public Object whole(Reply.Finished answer) {
    String text = withoutEnding(answer.text(), answer.reason());
    MessageEvent.End end = end(answer.reason());
    return message(
        text.isEmpty() ? List.of() : List.of(Block.of(text)),
        end.stopReason(),
        end.stopSequence(),
        answer.usage());
  }

  @Override
  public List<Object> opening() {
    return List.of(
        new MessageEvent.Start("message_start", message(List.of(), null, null, new Usage(0, 0)))
            .named(),
        new MessageEvent.BlockStart("content_block_start", 0, Block.of("")).named(),
        new MessageEvent.Bare("ping").named());
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    String text = withoutEnding(piece.text(), piece.reason());
    return text.isEmpty()
        ? List.of()
        : List.of(
            new MessageEvent.BlockDelta("content_block_delta", 0, new Block("text_delta", text))
                .named());
  }

  @Override
  public List<Object> end(int index, FinishReason why) {
    reason = why;
    return List.of(new MessageEvent.BlockStop("content_block_stop", 0).named());
  }

  @Override
  public List<Object> closing(Usage usage) {
    List<Object> events = new ArrayList<>();
    if (reason != null) {
      events.add(
          new MessageEvent.Delta("message_delta", end(reason), Message.Usage.of(usage)).named());
    }
    events.add(new MessageEvent.Bare("message_stop").named());
    return events;
  }

  @Override
  public Object failure(ErrorBody error) {
    return new NamedEvent("error", MessageError.of(error));
  }

  @Override
  public boolean endsWithDone() {
    return false;
  }

  /**
   * The text before the stop sequence at its end. Workers hold back what may become one, so that it
   * stands in the last piece.
   */
  private String withoutEnding(String text, @Nullable FinishReason why) {
    if (why == FinishReason.STOP) {
      ending =
          stopSequences.stream()
              .filter(text::endsWith)
              .max(Comparator.comparingInt(String::length))
              .orElse(null);
    }
    return ending == null ? text : text.substring(0, text.length() - ending.length());
  }

  private MessageEvent.End end(FinishReason why) {
    if (why == FinishReason.LENGTH) {
      return new MessageEvent.End("max_tokens", null);
    }
    return new MessageEvent.End(ending == null ? "end_turn" : "stop_sequence", ending);
  }

  private Message message(
      List<Block> content,
      @Nullable String stopReason,
      @Nullable String stopSequence,
      Usage usage) {
    return new Message(
        id,
        "message",
        "assistant",
        model,
        content,
        stopReason,
        stopSequence,
        Message.Usage.of(usage));
  }
}
