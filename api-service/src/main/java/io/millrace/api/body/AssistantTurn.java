package io.millrace.api.body;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the assistant thought, said and called in one turn, gathered into the one message that chat
 * templates know. For surfaces that tell these apart, as blocks or as items.
 */
public final class AssistantTurn {
  private final StringBuilder reasoning = new StringBuilder();
  private final List<Map<String, Object>> calls = new ArrayList<>();
  private @Nullable Object content;

  /** Adds to what was thought. */
  public void think(String more) {
    reasoning.append(more);
  }

  /**
   * Says it.
   *
   * @param said text or parts of text
   */
  public void say(Object said) {
    content = said;
  }

  /**
   * Calls a function.
   *
   * @param arguments a JSON object as text
   */
  public void call(String id, String name, String arguments) {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", name);
    function.put("arguments", arguments);
    Map<String, Object> call = new LinkedHashMap<>();
    call.put("id", id);
    call.put("type", "function");
    call.put("function", function);
    calls.add(call);
  }

  /** Whether it has called a function. */
  public boolean calls() {
    return !calls.isEmpty();
  }

  /** Whether it has said something, or called a function. */
  public boolean isOver() {
    return content != null || calls();
  }

  /** The message to the model. */
  public Map<String, Object> message() {
    Map<String, Object> message = TextParts.message("assistant", content == null ? "" : content);
    if (!reasoning.isEmpty()) {
      message.put("reasoning_content", reasoning.toString());
    }
    if (calls()) {
      message.put("tool_calls", List.copyOf(calls));
    }
    return message;
  }
}
