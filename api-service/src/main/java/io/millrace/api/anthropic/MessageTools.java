package io.millrace.api.anthropic;

import io.millrace.api.body.FunctionTools;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The functions that a message may call, in Anthropic's spelling. */
final class MessageTools {
  private static final List<String> TYPES = List.of("custom");
  private static final List<String> CHOICES = List.of("auto", "any", "tool", "none");

  private MessageTools() {}

  /**
   * The conversation in which {@code tools} may be called, as {@code tool_choice} says.
   *
   * @throws Invalid naming the field at fault
   */
  static Prompt.Chat in(JsonBody body, Prompt.Chat chat) {
    List<Map<String, Object>> functions = new ArrayList<>();
    for (JsonBody tool : body.objects("tools")) {
      functions.add(function(tool));
    }
    JsonBody choice = body.object("tool_choice");
    if (choice == null) {
      return chat.withTools(functions, ToolChoice.AUTO, true);
    }
    return chat.withTools(functions, choice(choice), !choice.flag("disable_parallel_tool_use"));
  }

  private static Map<String, Object> function(JsonBody tool) {
    if (tool.has("type")) {
      TextParts.requireType(tool, TYPES);
    }
    tool.refuse(List.of("allowed_callers", "defer_loading", "input_examples"));
    return FunctionTools.function(tool, "input_schema");
  }

  private static ToolChoice choice(JsonBody choice) {
    TextParts.requireType(choice, CHOICES);
    return switch (choice.require("type", String.class)) {
      case "any" -> ToolChoice.REQUIRED;
      case "tool" -> ToolChoice.function(choice.require("name", String.class));
      case "none" -> ToolChoice.NONE;
      default -> ToolChoice.AUTO;
    };
  }
}
