package io.millrace.api.responses;

import io.millrace.api.body.FunctionTools;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The functions that a response may call, and whether it must: as they were sent, since a response
 * repeats them.
 *
 * @param tools of type {@code function}
 * @param toolChoice null where nothing was said of it
 * @param parallel whether several may be called in one answer
 */
record ResponseTools(List<JsonBody> tools, @Nullable JsonNode toolChoice, boolean parallel) {
  private static final String CHOICE = "tool_choice";
  private static final List<String> TYPES = List.of("function");

  /**
   * Reads them.
   *
   * @throws Invalid naming the field, if a tool is no function
   */
  static ResponseTools of(JsonBody body) {
    List<JsonBody> tools = body.objects("tools");
    for (JsonBody tool : tools) {
      TextParts.requireType(tool, TYPES);
      tool.refuse(List.of("allowed_callers", "defer_loading"));
    }
    return new ResponseTools(
        tools, body.node(CHOICE), body.get("parallel_tool_calls", Boolean.class, true));
  }

  /** A conversation in which they may be called. */
  Prompt.Chat in(Prompt.Chat chat) {
    List<Map<String, Object>> functions = new ArrayList<>();
    tools.forEach(tool -> functions.add(FunctionTools.function(tool, "parameters")));
    return chat.withTools(functions, ToolChoice.of(toolChoice), parallel);
  }

  /** The functions as they were sent. */
  List<JsonNode> sentTools() {
    return tools.stream().map(JsonBody::sent).toList();
  }

  /** The choice as it was sent. */
  Object sentChoice() {
    return Objects.requireNonNullElse(toolChoice, "auto");
  }
}
