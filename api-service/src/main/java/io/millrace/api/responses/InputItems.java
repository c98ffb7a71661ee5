package io.millrace.api.responses;

import io.millrace.api.body.JsonBody;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The input of a response as a conversation: {@code instructions}, then {@code input}. */
final class InputItems {
  private static final List<String> TYPES = List.of("message");
  private static final List<String> PART_TYPES = List.of("input_text", "output_text", "text");
  private static final List<String> ROLES = List.of("user", "assistant", "system", "developer");

  private InputItems() {}

  /**
   * Reads the conversation; the answer is a new message, whoever spoke last.
   *
   * @throws Invalid naming the item at fault
   */
  static Prompt.Chat chat(JsonBody body) {
    List<Map<String, Object>> messages = new ArrayList<>();
    @Nullable String instructions = body.get("instructions", String.class);
    if (instructions != null) {
      messages.add(TextParts.message("system", instructions));
    }
    messages.addAll(input(body));
    return new Prompt.Chat(messages, true);
  }

  private static List<Map<String, Object>> input(JsonBody body) {
    JsonNode input = body.node("input");
    if (input == null || !input.isArray()) {
      return List.of(TextParts.message("user", body.require("input", String.class)));
    }
    if (input.isEmpty()) {
      throw new Invalid("input", "input must hold at least one item");
    }
    return body.objects("input").stream().map(InputItems::message).toList();
  }

  private static Map<String, Object> message(JsonBody item) {
    if (item.has("type")) {
      TextParts.requireType(item, TYPES);
    }
    String role = item.require("role", String.class);
    if (!ROLES.contains(role)) {
      String name = item.name("role");
      throw new Invalid(name, name + " must be one of " + String.join(", ", ROLES));
    }
    // Chat templates know no developers: it is OpenAI's newer word for the same.
    return TextParts.message(
        role.equals("developer") ? "system" : role, TextParts.content(item, "content", PART_TYPES));
  }
}
