package io.millrace.standalone.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A system prompt and what was said since. */
final class Conversation {
  private final List<Map<String, String>> messages = new ArrayList<>();
  private String system;

  Conversation(@Nullable String system) {
    this.system = system == null ? "" : system;
  }

  String system() {
    return system;
  }

  void setSystem(String text) {
    system = text;
  }

  void clear() {
    messages.clear();
  }

  void add(String role, String content) {
    messages.add(Map.of("role", role, "content", content));
  }

  /** Forgets what was said last, as nothing has come of it. */
  void removeLast() {
    messages.remove(messages.size() - 1);
  }

  /** The request whose answer comes next. */
  String request(ObjectNode options) {
    List<Map<String, String>> all = new ArrayList<>();
    if (!system.isBlank()) {
      all.add(Map.of("role", "system", "content", system));
    }
    all.addAll(messages);
    options.set("messages", JsonMapper.shared().valueToTree(all));
    return options.toString();
  }
}
