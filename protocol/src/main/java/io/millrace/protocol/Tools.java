package io.millrace.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that a model is told of, as OpenAI writes them. */
public final class Tools {
  private static final String STRICT = "strict";

  private Tools() {}

  /** The name of a function; null if the tool has none. */
  public static @Nullable String name(Map<String, Object> tool) {
    return function(tool).get("name") instanceof String name ? name : null;
  }

  /** Whether the arguments of every call must be valid under the function's schema. */
  public static boolean isStrict(Map<String, Object> tool) {
    return Boolean.TRUE.equals(function(tool).get(STRICT));
  }

  /**
   * Checks what is read of tools here; what else they say is the template's.
   *
   * @throws Invalid naming the field at fault
   */
  static void check(List<Map<String, Object>> tools) {
    for (int i = 0; i < tools.size(); i++) {
      Object strict = function(tools.get(i)).get(STRICT);
      if (strict != null && !(strict instanceof Boolean)) {
        String name = "tools[%d].function.strict".formatted(i);
        throw new Invalid(
            name,
            "%s must be true or false, but is %s"
                .formatted(name, JsonRecords.shown(JsonRecords.MAPPER.valueToTree(strict))));
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> function(Map<String, Object> tool) {
    return tool.getOrDefault("function", tool) instanceof Map<?, ?> function
        ? (Map<String, Object>) function
        : Map.of();
  }
}
