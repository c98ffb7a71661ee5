package io.millrace.api.anthropic;

import io.millrace.api.body.AssistantTurn;
import io.millrace.api.body.FunctionTools;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.Invalid;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The blocks of a message as messages to the model: a result of a call is one of its own. */
final class MessageBlocks {
  static final List<String> TEXT_ONLY = List.of("text");
  private static final List<String> OF_USER = List.of("text", "tool_result");
  private static final List<String> OF_ASSISTANT = List.of("text", "thinking", "tool_use");

  private MessageBlocks() {}

  /**
   * What the user says, and what calls gave, in order.
   *
   * @throws Invalid naming the block at fault
   */
  static List<Map<String, Object>> ofUser(JsonBody message) {
    if (!isList(message)) {
      return List.of(TextParts.message("user", TextParts.content(message, "content", TEXT_ONLY)));
    }
    List<Map<String, Object>> messages = new ArrayList<>();
    List<Object> texts = new ArrayList<>();
    for (JsonBody block : message.objects("content")) {
      TextParts.requireType(block, OF_USER);
      if (isOf(block, "text")) {
        texts.add(text(block));
      } else {
        addTexts(messages, texts);
        messages.add(result(block));
      }
    }
    addTexts(messages, texts);
    return messages;
  }

  /**
   * What the assistant thought, said and called.
   *
   * @throws Invalid naming the block at fault
   */
  static AssistantTurn ofAssistant(JsonBody message) {
    AssistantTurn turn = new AssistantTurn();
    if (!isList(message)) {
      turn.say(TextParts.content(message, "content", TEXT_ONLY));
      return turn;
    }
    List<Object> texts = new ArrayList<>();
    for (JsonBody block : message.objects("content")) {
      TextParts.requireType(block, OF_ASSISTANT);
      if (isOf(block, "text")) {
        texts.add(text(block));
      } else if (isOf(block, "thinking")) {
        turn.think(block.require("thinking", String.class));
      } else {
        call(turn, block);
      }
    }
    if (!texts.isEmpty()) {
      turn.say(texts);
    }
    return turn;
  }

  private static void call(AssistantTurn turn, JsonBody block) {
    JsonBody input = block.object("input");
    turn.call(
        block.require("id", String.class),
        block.require("name", String.class),
        input == null ? "{}" : input.sent().toString());
  }

  private static Map<String, Object> result(JsonBody block) {
    Object content = block.has("content") ? TextParts.content(block, "content", TEXT_ONLY) : "";
    return FunctionTools.result(
        block.require("tool_use_id", String.class),
        block.flag("is_error") ? asError(content) : content);
  }

  /** Templates know of no results that are errors: the model is told so in words. */
  private static Object asError(Object content) {
    if (content instanceof List<?> parts) {
      List<Object> told = new ArrayList<>();
      told.add(TextParts.part("Error:"));
      told.addAll(parts);
      return told;
    }
    return "Error: " + content;
  }

  private static boolean isList(JsonBody message) {
    JsonNode content = message.node("content");
    return content != null && content.isArray();
  }

  private static boolean isOf(JsonBody block, String type) {
    return type.equals(block.get("type", String.class));
  }

  private static Object text(JsonBody block) {
    return TextParts.part(block.require("text", String.class));
  }

  private static void addTexts(List<Map<String, Object>> messages, List<Object> texts) {
    if (!texts.isEmpty()) {
      messages.add(TextParts.message("user", List.copyOf(texts)));
      texts.clear();
    }
  }
}
