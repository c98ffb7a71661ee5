package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Functions that a model may call, and their results, as chat templates know them. */
public final class FunctionTools {
  private FunctionTools() {}

  /**
   * A function whose name and description stand beside its schema.
   *
   * @param schemaField which field of it is the JSON Schema of the arguments
   * @throws Invalid naming the field, if there is no name or a value is of the wrong type
   */
  public static Map<String, Object> function(JsonBody tool, String schemaField) {
    Map<String, Object> function = new LinkedHashMap<>();
    function.put("name", tool.require("name", String.class));
    putUnlessNull(function, "description", tool.get("description", String.class));
    // An object, or refused.
    if (tool.object(schemaField) != null) {
      function.put("parameters", plain(tool.node(schemaField)));
    }
    putUnlessNull(function, "strict", tool.get("strict", Boolean.class));
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("type", "function");
    told.put("function", function);
    return told;
  }

  /**
   * The message by which the model hears what a call gave.
   *
   * @param content text or parts of text
   */
  public static Map<String, Object> result(String callId, Object content) {
    Map<String, Object> message = TextParts.message("tool", content);
    message.put("tool_call_id", callId);
    return message;
  }

  private static void putUnlessNull(Map<String, Object> into, String name, @Nullable Object value) {
    if (value != null) {
      into.put(name, value);
    }
  }

  private static Object plain(@Nullable JsonNode value) {
    return JsonMapper.shared().convertValue(value, Object.class);
  }
}
