package io.millrace.api.responses;

import io.millrace.api.body.AssistantTurn;
import io.millrace.api.body.FunctionTools;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The input of a response as a conversation: {@code instructions}, then {@code input}. Items that
 * the assistant gave one after the other, reasoning, a message and calls of functions, are one
 * message. For one request.
 */
final class InputItems {
  private static final List<String> TYPES =
      List.of("message", "function_call", "function_call_output", "reasoning");
  private static final List<String> PART_TYPES = List.of("input_text", "output_text", "text");
  private static final List<String> ROLES = List.of("user", "assistant", "system", "developer");

  private final List<Map<String, Object>> messages = new ArrayList<>();

  /** What the assistant has said last, if nobody spoke since. */
  private @Nullable AssistantTurn turn;

  private InputItems() {}

  /**
   * Reads the conversation; the answer is a new message, whoever spoke last.
   *
   * @throws Invalid naming the item at fault
   */
  static Prompt.Chat chat(JsonBody body) {
    InputItems items = new InputItems();
    @Nullable String instructions = body.get("instructions", String.class);
    if (instructions != null) {
      items.messages.add(TextParts.message("system", instructions));
    }
    items.addInput(body);
    items.endTurn();
    return new Prompt.Chat(items.messages, true);
  }

  private void addInput(JsonBody body) {
    JsonNode input = body.node("input");
    if (input == null || !input.isArray()) {
      messages.add(TextParts.message("user", body.require("input", String.class)));
      return;
    }
    if (input.isEmpty()) {
      throw new Invalid("input", "input must hold at least one item");
    }
    body.objects("input").forEach(this::add);
  }

  private void add(JsonBody item) {
    if (item.has("type")) {
      TextParts.requireType(item, TYPES);
    }
    switch (item.get("type", String.class, "message")) {
      case "function_call" ->
          turn()
              .call(
                  item.require("call_id", String.class),
                  item.require("name", String.class),
                  item.require("arguments", String.class));
      case "function_call_output" -> addOther(result(item));
      case "reasoning" -> addReasoning(item);
      default -> addMessage(item);
    }
  }

  private void addMessage(JsonBody item) {
    String role = item.require("role", String.class);
    if (!ROLES.contains(role)) {
      String name = item.name("role");
      throw new Invalid(name, name + " must be one of " + String.join(", ", ROLES));
    }
    Object content = TextParts.content(item, "content", PART_TYPES);
    if (role.equals("assistant")) {
      endTurnThatIsOver();
      turn().say(content);
    } else {
      // Chat templates know no developers: it is OpenAI's newer word for the same.
      addOther(TextParts.message(role.equals("developer") ? "system" : role, content));
    }
  }

  private void addReasoning(JsonBody item) {
    item.refuse(List.of("encrypted_content"));
    endTurnThatIsOver();
    for (String field : List.of("summary", "content")) {
      // What is told in full is not told as a summary, too.
      if (field.equals("content") || !item.has("content")) {
        for (JsonBody part : item.objects(field)) {
          turn().think(part.require("text", String.class));
        }
      }
    }
  }

  private static Map<String, Object> result(JsonBody item) {
    return FunctionTools.result(
        item.require("call_id", String.class), TextParts.content(item, "output", PART_TYPES));
  }

  private void addOther(Map<String, Object> message) {
    endTurn();
    messages.add(message);
  }

  private AssistantTurn turn() {
    if (turn == null) {
      turn = new AssistantTurn();
    }
    return turn;
  }

  private void endTurnThatIsOver() {
    if (turn != null && turn.isOver()) {
      endTurn();
    }
  }

  private void endTurn() {
    if (turn != null) {
      messages.add(turn.message());
      turn = null;
    }
  }
}
