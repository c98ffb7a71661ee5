package io.millrace.api.anthropic;

import io.millrace.api.answer.AnswerFormat;
import io.millrace.api.answer.AnswerPart;
import io.millrace.api.answer.AnswerPart.Kind;
import io.millrace.api.answer.NamedEvent;
import io.millrace.api.anthropic.Message.Block;
import io.millrace.api.error.ErrorBody;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The form of one message: whole, or events in Anthropic's order. What the model thinks, what it
 * says, and each call are blocks; a whole message has no call that was cut, since its input would
 * be no object. What a prompt cost is known at the end: a stream begins with 0 and ends with the
 * truth.
 */
final class MessagesFormat implements AnswerFormat {
  private final String id;
  private final String model;
  private final List<String> stopSequences;

  /** Null unless one has ended the text. */
  private @Nullable String ending;

  private @Nullable FinishReason reason;
  private @Nullable OpenBlock open;
  private int numBlocks;
  private boolean calls;

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
    Reply.Choice only = answer.choices().get(0);
    List<Block> blocks = new ArrayList<>();
    for (AnswerPart part : parts(only.said(), only.reason())) {
      calls |= part.kind() == Kind.TOOL_CALL;
      Block block = block(part);
      if (block != null) {
        blocks.add(block);
      }
    }
    MessageEvent.End end = end(only.reason());
    return message(blocks, end.stopReason(), end.stopSequence(), answer.usage());
  }

  private static @Nullable Block block(AnswerPart part) {
    return switch (part.kind()) {
      case TEXT -> Block.text(part.text());
      case REASONING -> Block.thinking(part.text());
      case TOOL_CALL -> toolUse(part);
    };
  }

  /** Null for a call that the end of the answer has cut. */
  private static @Nullable Block toolUse(AnswerPart part) {
    try {
      JsonNode input = JsonMapper.shared().readTree(part.text().isBlank() ? "{}" : part.text());
      return input.isObject() ? Block.toolUse(part.callId(), part.functionName(), input) : null;
    } catch (JacksonException cut) {
      return null;
    }
  }

  @Override
  public List<Object> opening() {
    return List.of(
        new MessageEvent.Start("message_start", message(List.of(), null, null, new Usage(0, 0)))
            .named(),
        new MessageEvent.Bare("ping").named());
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    List<Object> events = new ArrayList<>();
    parts(piece.said(), piece.reason()).forEach(part -> add(events, part));
    return events;
  }

  private List<AnswerPart> parts(AnswerPiece said, @Nullable FinishReason why) {
    String text = withoutEnding(said.text(), why);
    return AnswerPart.of(new AnswerPiece(text, said.reasoning(), said.toolCalls()));
  }

  private void add(List<Object> events, AnswerPart part) {
    OpenBlock block = open;
    if (block == null || !part.continues(block.begun())) {
      close(events);
      block = new OpenBlock(part, numBlocks++);
      calls |= part.kind() == Kind.TOOL_CALL;
      events.add(block.opening());
      open = block;
    }
    if (!part.text().isEmpty()) {
      events.add(block.more(part.text()));
    }
  }

  private void close(List<Object> events) {
    if (open != null) {
      events.add(open.closing());
      open = null;
    }
  }

  @Override
  public List<Object> end(int index, FinishReason why) {
    reason = why;
    List<Object> events = new ArrayList<>();
    close(events);
    return events;
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

  /** A function that was asked for by name is no reason to end elsewhere; here it is. */
  private MessageEvent.End end(FinishReason why) {
    if (ending != null) {
      return new MessageEvent.End("stop_sequence", ending);
    }
    String told =
        switch (why) {
          case LENGTH -> "max_tokens";
          case TOOL_CALLS -> "tool_use";
          case STOP -> calls ? "tool_use" : "end_turn";
        };
    return new MessageEvent.End(told, null);
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
