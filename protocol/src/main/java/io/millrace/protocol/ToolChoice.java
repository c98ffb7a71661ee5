package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The choice between calling functions and not calling any.
 *
 * @param functions the only ones that may be called; empty for any
 */
public record ToolChoice(Kind kind, List<String> functions) {
  private static final String NAME = "tool_choice";
  private static final String ALLOWED_TOOLS = "allowed_tools";
  private static final String FUNCTION = "function";

  /** The model may call functions, or answer. */
  public static final ToolChoice AUTO = new ToolChoice(Kind.AUTO, List.of());

  /** The model is told of no functions. */
  public static final ToolChoice NONE = new ToolChoice(Kind.NONE, List.of());

  /** The model must call at least one function. */
  public static final ToolChoice REQUIRED = new ToolChoice(Kind.REQUIRED, List.of());

  /** Whether it may or must call. */
  public enum Kind {
    AUTO,
    NONE,
    REQUIRED,
    /** The one function, once. */
    FUNCTION
  }

  public ToolChoice {
    functions = List.copyOf(functions);
  }

  /** The model must call this function. */
  public static ToolChoice function(String name) {
    return new ToolChoice(Kind.FUNCTION, List.of(name));
  }

  /** The same for these functions alone, though the model is told of others. */
  public ToolChoice among(List<String> allowed) {
    return new ToolChoice(kind, allowed);
  }

  /**
   * Reads {@code "auto"}, {@code "none"}, {@code "required"}, or an object that names a function or
   * those that are allowed, as chats or as responses write it.
   *
   * @throws Invalid if it is anything else
   */
  public static ToolChoice of(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return AUTO;
    }
    String type = value.path("type").asString(FUNCTION);
    String name = function(value);
    if (name != null && type.equals(FUNCTION)) {
      return function(name);
    }
    if (value.isObject() && type.equals(ALLOWED_TOOLS)) {
      return allowedTools(value.path(ALLOWED_TOOLS).isObject() ? value.get(ALLOWED_TOOLS) : value);
    }
    ToolChoice word = word(value);
    if (word == null) {
      throw new Invalid(
          NAME,
          "tool_choice must be \"auto\", \"none\", \"required\","
              + " {\"type\": \"function\", \"function\": {\"name\": ...}} or"
              + " {\"type\": \"allowed_tools\", ...}, but is "
              + JsonRecords.shown(value));
    }
    return word;
  }

  private static @Nullable ToolChoice word(JsonNode value) {
    return switch (value.isString() ? value.stringValue() : "") {
      case "auto" -> AUTO;
      case "none" -> NONE;
      case "required" -> REQUIRED;
      default -> null;
    };
  }

  private static @Nullable String function(JsonNode value) {
    JsonNode nested = value.path(FUNCTION).path("name");
    JsonNode name = nested.isString() ? nested : value.path("name");
    return name.isString() ? name.stringValue() : null;
  }

  private static ToolChoice allowedTools(JsonNode allowed) {
    ToolChoice mode = word(allowed.path("mode"));
    if (mode == null || mode.equals(NONE)) {
      String name = "tool_choice.allowed_tools.mode";
      throw new Invalid(
          name,
          "%s must be \"auto\" or \"required\", but is %s"
              .formatted(name, JsonRecords.shown(allowed.path("mode"))));
    }
    List<String> names = new ArrayList<>();
    for (JsonNode tool : allowed.path("tools")) {
      String function = function(tool);
      if (function == null) {
        break;
      }
      names.add(function);
    }
    if (names.isEmpty() || names.size() < allowed.path("tools").size()) {
      String name = "tool_choice.allowed_tools.tools";
      throw new Invalid(
          name,
          name + " must be a list of {\"type\": \"function\", \"function\": {\"name\": ...}}");
    }
    return mode.among(names);
  }

  /** As JSON has it. */
  @JsonValue
  Object value() {
    List<Map<String, Object>> named =
        functions.stream()
            .map(name -> Map.<String, Object>of("type", FUNCTION, FUNCTION, Map.of("name", name)))
            .toList();
    if (kind == Kind.FUNCTION) {
      return named.get(0);
    }
    String mode =
        switch (kind) {
          case AUTO -> "auto";
          case NONE -> "none";
          default -> "required";
        };
    return functions.isEmpty()
        ? mode
        : Map.of("type", ALLOWED_TOOLS, ALLOWED_TOOLS, Map.of("mode", mode, "tools", named));
  }

  /** Whether a function must be called. */
  public boolean isForced() {
    return kind == Kind.REQUIRED || kind == Kind.FUNCTION;
  }

  /** Whether this function may be called. */
  public boolean allows(String name) {
    return functions.isEmpty() || functions.contains(name);
  }

  /**
   * Checks that there is what must or may be called.
   *
   * @throws Invalid if there is not
   */
  void check(@Nullable List<Map<String, Object>> tools) {
    if (!isForced() && functions.isEmpty()) {
      return;
    }
    List<String> known =
        tools == null
            ? List.of()
            : tools.stream().map(Tools::name).filter(Objects::nonNull).toList();
    if (known.isEmpty()) {
      throw new Invalid(NAME, "tool_choice needs tools, but there are none");
    }
    for (String function : functions) {
      if (!known.contains(function)) {
        String shown = JsonRecords.shown(JsonRecords.MAPPER.valueToTree(function));
        throw new Invalid(NAME, "tool_choice names a function that is not among tools: " + shown);
      }
    }
  }
}
