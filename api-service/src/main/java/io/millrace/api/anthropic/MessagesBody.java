package io.millrace.api.anthropic;

import io.millrace.api.body.AssistantTurn;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.SchemaFormat;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.StopCriteria;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The fields that Anthropic spells in its own way. */
final class MessagesBody {
  private static final List<String> ROLES = List.of("user", "assistant");
  private static final List<String> FORMATS = List.of("json_schema");

  private MessagesBody() {}

  /**
   * The conversation: {@code system}, then {@code messages}, with the functions that may be called
   * in it. A last message of the assistant is gone on with.
   *
   * @throws Invalid naming the message at fault
   */
  static Prompt.Chat chat(JsonBody body) {
    List<Map<String, Object>> messages = new ArrayList<>();
    if (body.has("system")) {
      messages.add(
          TextParts.message("system", TextParts.content(body, "system", MessageBlocks.TEXT_ONLY)));
    }
    boolean continues = addMessages(messages, body);
    Prompt.Chat chat = MessageTools.in(body, new Prompt.Chat(messages, true));
    return continues ? chat.continuingFinalMessage() : chat;
  }

  /** Adds what was said, and returns whether the assistant said the last of it. */
  private static boolean addMessages(List<Map<String, Object>> messages, JsonBody body) {
    List<JsonBody> sent = body.objects("messages");
    if (sent.isEmpty()) {
      throw new Invalid("messages", "messages must hold at least one message");
    }
    AssistantTurn last = null;
    for (JsonBody message : sent) {
      boolean ofUser = role(message).equals("user");
      last = ofUser ? null : MessageBlocks.ofAssistant(message);
      if (last == null) {
        messages.addAll(MessageBlocks.ofUser(message));
      } else {
        messages.add(last.message());
      }
    }
    if (last != null && last.calls()) {
      String name = sent.get(sent.size() - 1).name("content");
      throw new Invalid(
          name, name + " has a tool_use, but no message with its tool_result follows");
    }
    return last != null;
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
   * What the text of the answer must match: {@code output_config.format}.
   *
   * @throws Invalid naming the field at fault
   */
  static ConstraintFields format(JsonBody body) {
    JsonBody config = body.object("output_config");
    if (config == null) {
      return ConstraintFields.TEXT;
    }
    config.refuse(List.of("effort", "task_budget"));
    JsonBody format = config.object("format");
    if (format == null) {
      return ConstraintFields.TEXT;
    }
    TextParts.requireType(format, FORMATS);
    return SchemaFormat.of(format);
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
