package io.millrace.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last message of a conversation, left open for the model to go on with: transformers' {@code
 * continue_final_message}.
 */
public final class FinalMessage {
  private FinalMessage() {}

  /**
   * Cuts off what a template printed after the text of the last message.
   *
   * @param prompt of the whole conversation
   * @throws TemplateException if the message has no text, or the template does not print it
   */
  public static String leftOpen(String prompt, Conversation conversation) {
    Map<String, ?> last = conversation.messages().get(conversation.messages().size() - 1);
    String text = text(last.get("content"));
    String core = text.strip();
    int found = core.isEmpty() ? -1 : prompt.lastIndexOf(core);
    if (found < 0) {
      throw new TemplateException(
          core.isEmpty()
              ? "the last message has no text that could be continued"
              : "the template does not print the last message as it is, so that it cannot be"
                  + " continued");
    }
    String withEnd = text.stripLeading();
    int end = prompt.startsWith(withEnd, found) ? withEnd.length() : core.length();
    return prompt.substring(0, found + end);
  }

  private static String text(@Nullable Object content) {
    if (content instanceof List<?> parts) {
      Object last = parts.isEmpty() ? "" : parts.get(parts.size() - 1);
      return last instanceof Map<?, ?> part ? String.valueOf(part.get("text")) : "";
    }
    return content instanceof String text ? text : "";
  }
}
