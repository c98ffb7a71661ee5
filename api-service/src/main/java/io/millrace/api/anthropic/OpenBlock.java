package io.millrace.api.anthropic;

import io.millrace.api.anthropic.Message.Block;
import io.millrace.protocol.ToolCallDelta;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A block of a message that is being told, and the events that tell it.
 *
 * @param call its first piece; null unless it is one
 * @param index of the block in the message
 */
record OpenBlock(Kind kind, @Nullable ToolCallDelta call, int index) {
  /** What a block holds. */
  enum Kind {
    TEXT,
    THINKING,
    TOOL_USE
  }

  /** Whether a piece of that kind, and of that call, belongs to it. */
  boolean goesOn(Kind other, @Nullable ToolCallDelta more) {
    return kind == other && (more == null || call == null || more.index() == call.index());
  }

  /** The event before its first piece. */
  Object opening() {
    return new MessageEvent.BlockStart("content_block_start", index, empty()).named();
  }

  /** The event of a piece. */
  Object more(String text) {
    MessageEvent.More delta =
        switch (kind) {
          case TEXT -> new MessageEvent.MoreText("text_delta", text);
          case THINKING -> new MessageEvent.MoreThinking("thinking_delta", text);
          case TOOL_USE -> new MessageEvent.MoreInput("input_json_delta", text);
        };
    return new MessageEvent.BlockDelta("content_block_delta", index, delta).named();
  }

  /** The event after its last piece. */
  Object closing() {
    return new MessageEvent.BlockStop("content_block_stop", index).named();
  }

  private Block empty() {
    return switch (kind) {
      case TEXT -> Block.text("");
      case THINKING -> Block.thinking("");
      case TOOL_USE -> toolUse(Objects.requireNonNull(call), Map.of());
    };
  }

  /** A call, or the beginning of one, with that input. */
  static Block toolUse(ToolCallDelta call, Object input) {
    return Block.toolUse(
        Objects.requireNonNullElse(call.id(), ""),
        Objects.requireNonNullElse(call.function().name(), ""),
        input);
  }
}
