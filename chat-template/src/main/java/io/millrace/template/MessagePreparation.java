package io.millrace.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes messages as the OpenAI API takes them into messages as a template takes them: the arguments
 * of tool calls become objects, content becomes a string or a list of parts, whichever the template
 * knows, and a developer is the system where it knows none. A message without content, such as one
 * of tool calls alone, has an empty one, which templates can add to. Everything else is left as it
 * is.
 */
public final class MessagePreparation {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CONTENT = "content";
  private static final String DEVELOPER = "developer";

  private MessagePreparation() {}

  /** The conversation as that template takes it. */
  public static Conversation prepare(Conversation conversation, ChatTemplate template) {
    List<Map<String, @Nullable Object>> prepared = new ArrayList<>();
    for (Map<String, ?> message : conversation.messages()) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>(message);
      copy.computeIfPresent("tool_calls", (name, calls) -> withParsedArguments(calls));
      Object content = copy.get(CONTENT);
      copy.put(CONTENT, inForm(content == null ? "" : content, template.contentForm()));
      copy.computeIfPresent("role", (name, role) -> roleFor(template, role));
      prepared.add(copy);
    }
    return conversation.withMessages(prepared);
  }

  private static Object roleFor(ChatTemplate template, Object role) {
    return role.equals(DEVELOPER) && !template.mentions(DEVELOPER) ? "system" : role;
  }

  private static Object inForm(Object content, ContentForm form) {
    if (form == ContentForm.STRING && content instanceof List<?> parts) {
      return flattened(parts);
    } else if (form == ContentForm.PARTS && content instanceof String text) {
      return text.isEmpty() ? List.of() : List.of(Map.of("type", "text", "text", text));
    }
    return content;
  }

  /** The texts on lines of their own; a list with anything else in it stays. */
  private static Object flattened(List<?> parts) {
    List<String> texts = new ArrayList<>();
    for (Object part : parts) {
      if (part instanceof String text) {
        texts.add(text);
      } else if (part instanceof Map<?, ?> object && object.get("text") instanceof String text) {
        texts.add(text);
      } else {
        return parts;
      }
    }
    return String.join("\n", texts);
  }

  private static Object withParsedArguments(Object calls) {
    if (!(calls instanceof List<?> list)) {
      return calls;
    }
    List<Object> parsed = new ArrayList<>();
    list.forEach(call -> parsed.add(withParsed(call)));
    return parsed;
  }

  /** Parses the arguments of a call, or of the function within it. */
  private static Object withParsed(Object call) {
    if (!(call instanceof Map<?, ?> map)) {
      return call;
    }
    Map<Object, @Nullable Object> copy = new LinkedHashMap<>(map);
    copy.computeIfPresent("arguments", (name, arguments) -> parsed(arguments));
    copy.computeIfPresent("function", (name, function) -> withParsed(function));
    return copy;
  }

  /** An object if the text is one; a model's broken JSON is shown to it as it wrote it. */
  private static Object parsed(Object arguments) {
    if (!(arguments instanceof String text)) {
      return arguments;
    } else if (text.isBlank()) {
      return Map.of();
    }
    try {
      Object value = JSON.readValue(text, Object.class);
      return value instanceof Map ? value : text;
    } catch (JacksonException e) {
      return text;
    }
  }
}
