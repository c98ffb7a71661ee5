package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The choice between calling functions and not calling any.
 *
 * @param function the only one that may be called, which must be; null for any
 */
public record ToolChoice(Kind kind, @Nullable String function) {
  private static final String NAME = "tool_choice";

  /** The model may call functions, or answer. */
  public static final ToolChoice AUTO = new ToolChoice(Kind.AUTO, null);

  /** The model is told of no functions. */
  public static final ToolChoice NONE = new ToolChoice(Kind.NONE, null);

  /** The model must call at least one function. */
  public static final ToolChoice REQUIRED = new ToolChoice(Kind.REQUIRED, null);

  /** Whether it may or must call. */
  public enum Kind {
    AUTO,
    NONE,
    REQUIRED,
    FUNCTION
  }

  /** The model must call this function. */
  public static ToolChoice function(String name) {
    return new ToolChoice(Kind.FUNCTION, name);
  }

  /**
   * Reads {@code "auto"}, {@code "none"}, {@code "required"}, or an object that names a function.
   *
   * @throws Invalid if it is anything else
   */
  static ToolChoice of(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return AUTO;
    }
    JsonNode name = value.path("function").path("name");
    if (name.isString() && value.path("type").asString("function").equals("function")) {
      return function(name.stringValue());
    }
    return switch (value.isString() ? value.stringValue() : "") {
      case "auto" -> AUTO;
      case "none" -> NONE;
      case "required" -> REQUIRED;
      default ->
          throw new Invalid(
              NAME,
              "tool_choice must be \"auto\", \"none\", \"required\" or"
                  + " {\"type\": \"function\", \"function\": {\"name\": ...}}, but is "
                  + JsonRecords.shown(value));
    };
  }

  /** As JSON has it. */
  @JsonValue
  Object value() {
    return switch (kind) {
      case AUTO -> "auto";
      case NONE -> "none";
      case REQUIRED -> "required";
      case FUNCTION ->
          Map.of("type", "function", "function", Map.of("name", Objects.requireNonNull(function)));
    };
  }

  /** Whether a function must be called. */
  public boolean isForced() {
    return kind == Kind.REQUIRED || kind == Kind.FUNCTION;
  }

  /**
   * Checks that there is what must be called.
   *
   * @throws Invalid if there is not
   */
  void check(@Nullable List<Map<String, Object>> tools) {
    if (!isForced()) {
      return;
    }
    if (tools == null) {
      throw new Invalid(NAME, "tool_choice needs tools, but there are none");
    }
    if (function != null && tools.stream().noneMatch(tool -> function.equals(nameOf(tool)))) {
      String shown = JsonRecords.shown(JsonRecords.MAPPER.valueToTree(function));
      throw new Invalid(NAME, "tool_choice names a function that is not among tools: " + shown);
    }
    throw new Invalid(
        NAME,
        "tool_choice must be \"auto\" or \"none\", but is "
            + JsonRecords.shown(JsonRecords.MAPPER.valueToTree(this)));
  }

  private static @Nullable Object nameOf(Map<String, Object> tool) {
    return tool.get("function") instanceof Map<?, ?> described ? described.get("name") : null;
  }
}
