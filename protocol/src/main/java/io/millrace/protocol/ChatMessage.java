package io.millrace.protocol;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules for a message of a conversation, as OpenAI's API has them: {@code role} is a string;
 * {@code content} is a string or a list of text parts, and may be missing beside {@code
 * tool_calls}.
 */
public final class ChatMessage {
  private static final String CONTENT = "content";

  private ChatMessage() {}

  /**
   * Checks one.
   *
   * @param name what refusals call it, such as {@code messages[0]}
   * @throws Invalid naming the field at fault
   */
  static void check(String name, Map<String, Object> message) {
    if (!(message.get("role") instanceof String role) || role.isEmpty()) {
      String param = name + ".role";
      throw new Invalid(param, param + " must be a string such as \"user\"");
    }
    checkContent(name + "." + CONTENT, message);
  }

  private static void checkContent(String param, Map<String, Object> message) {
    Object content = message.get(CONTENT);
    if (content instanceof List<?> parts) {
      parts.forEach(part -> textOf(param, part));
      return;
    }
    boolean mayBeMissing = message.get("tool_calls") instanceof List<?> calls && !calls.isEmpty();
    if (!(content instanceof String) && !(content == null && mayBeMissing)) {
      throw new Invalid(
          param, param + " must be a string, but is " + Excerpt.of(String.valueOf(content)));
    }
  }

  /**
   * The text of a message that was checked: its content, or that of its parts on lines of their
   * own; empty for none.
   */
  public static String text(Map<String, Object> message) {
    Object content = message.get(CONTENT);
    if (content instanceof List<?> parts) {
      content = parts.stream().map(part -> textOf(CONTENT, part)).collect(Collectors.joining("\n"));
    }
    return content instanceof String text ? Unicode.toWellFormed(text) : "";
  }

  private static String textOf(String param, @Nullable Object part) {
    if (part instanceof Map<?, ?> typed
        && "text".equals(typed.get("type"))
        && typed.get("text") instanceof String text) {
      return text;
    }
    throw new Invalid(
        param, param + " may hold only parts of the form {\"type\": \"text\", \"text\": ...}");
  }
}
