package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The prompts of completions and chats. */
public final class PromptFields {
  private static final String CONTENT = "content";

  private PromptFields() {}

  /** {@code prompt} as text or token ids, or {@code prompt_token_ids}. */
  public static Prompt completion(JsonBody json) {
    boolean ids = json.has("prompt_token_ids");
    if (ids && json.has("prompt")) {
      throw new Invalid("prompt", "prompt and prompt_token_ids exclude each other");
    }
    if (ids) {
      return tokens("prompt_token_ids", json);
    }
    JsonNode prompt = json.node("prompt");
    if (prompt == null || !prompt.isArray()) {
      return new Prompt.Text(json.require("prompt", String.class));
    }
    if (prompt.size() == 1 && prompt.get(0).isString()) {
      return new Prompt.Text(prompt.get(0).stringValue());
    }
    if (prompt.size() > 0 && (prompt.get(0).isString() || prompt.get(0).isArray())) {
      throw new Invalid("prompt", "prompt may hold only one text; send several requests instead");
    }
    return tokens("prompt", json);
  }

  private static Prompt tokens(String field, JsonBody json) {
    List<Integer> ids = json.list(field, Integer.class);
    for (int i = 0; i < ids.size(); i++) {
      Invalid.unlessAtLeast(field + "[" + i + "]", ids.get(i), 0);
    }
    return new Prompt.Tokens(ids);
  }

  /**
   * {@code messages}, {@code add_generation_prompt}, {@code tools}, {@code chat_template_kwargs}.
   */
  public static Prompt.Chat chat(JsonBody json) {
    Prompt.Chat chat = json.as(Prompt.Chat.class);
    for (int i = 0; i < chat.messages().size(); i++) {
      requireText("messages[" + i + "].content", chat.messages().get(i));
    }
    return chat;
  }

  /** Content is a string or text parts, whichever; a model's template decides what it reads. */
  private static void requireText(String name, Map<String, Object> message) {
    Object content = message.get(CONTENT);
    if (content instanceof List<?> parts) {
      parts.forEach(part -> textOf(name, part));
      return;
    }
    boolean mayBeMissing = message.containsKey("tool_calls");
    if (!(content instanceof String) && !(content == null && mayBeMissing)) {
      throw new Invalid(name, name + " must be a string, but is " + content);
    }
  }

  /**
   * The text of a message of {@link #chat}: its content, or that of its parts on lines of their
   * own; empty for none.
   */
  public static String text(Map<String, Object> message) {
    Object content = message.get(CONTENT);
    if (content instanceof List<?> parts) {
      return parts.stream().map(part -> textOf(CONTENT, part)).collect(Collectors.joining("\n"));
    }
    return content instanceof String text ? text : "";
  }

  private static String textOf(String name, @Nullable Object part) {
    if (part instanceof Map<?, ?> typed
        && "text".equals(typed.get("type"))
        && typed.get("text") instanceof String text) {
      return text;
    }
    throw new Invalid(
        name, name + " may hold only parts of the form {\"type\": \"text\", \"text\": ...}");
  }
}
