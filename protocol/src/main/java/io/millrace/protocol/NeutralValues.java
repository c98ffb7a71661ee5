package io.millrace.protocol;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;

/** The values at which a field asks for nothing, as forms and old clients send them. */
public final class NeutralValues {
  /** By field, besides null, false, 0 and what is empty. */
  private static final Map<String, List<JsonNode>> BY_FIELD =
      Map.ofEntries(
          neutral("add_generation_prompt", "true"),
          neutral("add_special_tokens", "true"),
          neutral("allowed_callers", "[\"direct\"]"),
          neutral("best_of", "1"),
          neutral("encoder_repetition_penalty", "1"),
          neutral("function_call", "\"none\"", "\"auto\""),
          // What a model thinks is told in the clear, and is taken back so.
          neutral("include", "[]", "[\"reasoning.encrypted_content\"]"),
          neutral("length_penalty", "1"),
          neutral("modalities", "[\"text\"]"),
          neutral("num_beam_groups", "1"),
          neutral("num_beams", "1"),
          neutral("parallel_tool_calls", "true"),
          neutral("response_format", "{\"type\":\"text\"}"),
          neutral("service_tier", "\"auto\"", "\"default\"", "\"standard_only\""),
          neutral("spaces_between_special_tokens", "true"),
          neutral("thinking", "{\"type\":\"disabled\"}"),
          neutral(
              "tool_choice", "\"none\"", "\"auto\"", "{\"type\":\"none\"}", "{\"type\":\"auto\"}"),
          neutral("truncation", "\"disabled\""),
          neutral("typical_p", "1"),
          neutral("verbosity", "\"medium\""));

  private NeutralValues() {}

  private static Map.Entry<String, List<JsonNode>> neutral(String field, String... values) {
    return Map.entry(
        field, Stream.of(values).map(value -> JsonRecords.MAPPER.readTree(value)).toList());
  }

  /** What a refusal says of the value that is taken, and of the one that came. */
  static String butFor(String field, JsonNode value) {
    List<JsonNode> neutral = BY_FIELD.get(field);
    return neutral == null
        ? ""
        : " beyond %s, but is %s".formatted(neutral.get(0), JsonRecords.shown(value));
  }

  /** Whether a field is as good as absent. */
  static boolean asksForNothing(String field, JsonNode value) {
    return isEmpty(value)
        || BY_FIELD.getOrDefault(field, List.of()).stream()
            .anyMatch(neutral -> equal(neutral, value));
  }

  private static boolean isEmpty(JsonNode value) {
    return isBlank(value)
        || isFalse(value)
        || isZero(value)
        || (value.isContainer() && value.valueStream().allMatch(JsonNode::isNull));
  }

  /** Whether a value is the empty text, object or list. */
  public static boolean isBlank(JsonNode value) {
    return value.isContainer()
        ? value.isEmpty()
        : value.isString() && value.stringValue().isEmpty();
  }

  /** Whether a value is false, spelled in either way. */
  public static boolean isFalse(JsonNode value) {
    return unquoted(value) instanceof BooleanNode read && !read.booleanValue();
  }

  /** Whether a value is the number 0. */
  public static boolean isZero(JsonNode value) {
    return value.isNumber() && value.doubleValue() == 0;
  }

  /** A boolean that is spelled as text as such; any other value as it is. */
  public static JsonNode unquoted(JsonNode value) {
    return switch (value.isString() ? value.stringValue().toLowerCase(Locale.ROOT) : "") {
      case "true" -> BooleanNode.TRUE;
      case "false" -> BooleanNode.FALSE;
      default -> value;
    };
  }

  private static boolean equal(JsonNode one, JsonNode other) {
    return one.isNumber() && other.isNumber()
        ? one.doubleValue() == other.doubleValue()
        : one.equals(other);
  }
}
