package io.millrace.api.anthropic;

import io.millrace.api.answer.AnswerPart;
import io.millrace.api.anthropic.Message.Block;
import java.util.Map;

/**
 * A block of a message that is being told, and the events that tell it.
 *
 * @param begun its first piece
 * @param index of the block in the message
 */
record OpenBlock(AnswerPart begun, int index) {
  /** The event before its first piece. */
  Object opening() {
    return new MessageEvent.BlockStart("content_block_start", index, empty()).named();
  }

  /** The event of a piece. */
  Object more(String text) {
    MessageEvent.More delta =
        switch (begun.kind()) {
          case TEXT -> new MessageEvent.MoreText("text_delta", text);
          case REASONING -> new MessageEvent.MoreThinking("thinking_delta", text);
          case TOOL_CALL -> new MessageEvent.MoreInput("input_json_delta", text);
        };
    return new MessageEvent.BlockDelta("content_block_delta", index, delta).named();
  }

  /** The event after its last piece. */
  Object closing() {
    return new MessageEvent.BlockStop("content_block_stop", index).named();
  }

  private Block empty() {
    return switch (begun.kind()) {
      case TEXT -> Block.text("");
      case REASONING -> Block.thinking("");
      case TOOL_CALL -> Block.toolUse(begun.callId(), begun.functionName(), Map.of());
    };
  }
}
