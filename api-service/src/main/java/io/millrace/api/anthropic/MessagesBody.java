package io.millrace.api.anthropic;

import io.millrace.api.body.JsonBody;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.StopCriteria;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The fields that Anthropic spells in its own way. */
final class MessagesBody {
  private static final List<String> BLOCK_TYPES = List.of("text");
  private static final List<String> ROLES = List.of("user", "assistant");

  private MessagesBody() {}

  /**
   * The conversation: {@code system}, then {@code messages}. A last message of the assistant is
   * gone on with.
   *
   * @throws Invalid naming the message at fault
   */
  static Prompt.Chat chat(JsonBody body) {
    List<Map<String, Object>> messages = new ArrayList<>();
    if (body.has("system")) {
      messages.add(TextParts.message("system", TextParts.content(body, "system", BLOCK_TYPES)));
    }
    String role = "";
    for (JsonBody message : body.objects("messages")) {
      role = role(message);
      messages.add(TextParts.message(role, TextParts.content(message, "content", BLOCK_TYPES)));
    }
    if (role.isEmpty()) {
      throw new Invalid("messages", "messages must hold at least one message");
    }
    boolean continues = role.equals("assistant");
    Prompt.Chat chat = new Prompt.Chat(messages, true);
    return continues ? chat.continuingFinalMessage() : chat;
  }

  private static String role(JsonBody message) {
    String role = message.require("role", String.class);
    if (!ROLES.contains(role)) {
      String name = message.name("role");
      throw new Invalid(name, name + " must be one of " + String.join(", ", ROLES));
    }
    return role;
  }

  /**
   * When the answer ends. What ended it comes back as part of it, since the answer tells which it
   * was.
   */
  static StopCriteria stop(JsonBody body) {
    int most = body.require("max_tokens", Integer.class);
    Invalid.unlessAtLeast("max_tokens", most, 1);
    List<String> sequences = body.list("stop_sequences", String.class);
    StopCriteria ending = StopCriteria.MODEL_DEFAULTS.withMaxTokens(most);
    return sequences.isEmpty()
        ? ending
        : ending.withStop(sequences.toArray(String[]::new)).includingStop();
  }
}
