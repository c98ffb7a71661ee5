package io.millrace.api.body;

import io.millrace.protocol.NeutralValues;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The optional fields that are sent empty, as forms and old clients do: {@code ""}, {@code {}} and
 * {@code []} say nothing, and neither do {@code false}, {@code "false"} and, where a number would
 * switch something on, 0. What is required is left alone, and so is text that may be meant.
 */
final class EmptyFields {
  private static final Set<String> REQUIRED =
      Set.of("prompt", "prompt_token_ids", "messages", "input", "tokens");
  private static final Set<String> TEXTS = Set.of("model", "stop", "bad_words", "tool_choice");
  private static final Set<String> OFF_AT_ZERO = Set.of("best_of", "top_logprobs");
  private static final Set<String> BOOLEANS =
      Set.of(
          "stream",
          "echo",
          "do_sample",
          "ignore_eos",
          "include_stop_str_in_output",
          "skip_special_tokens",
          "add_special_tokens",
          "add_generation_prompt",
          "continue_final_message",
          "parallel_tool_calls",
          "return_token_ids",
          "return_token_strs",
          "include_usage",
          "continuous_usage_stats");

  private EmptyFields() {}

  /** The same fields without those that say nothing; booleans that are spelled as text are read. */
  static ObjectNode dropped(ObjectNode body, Endpoint endpoint) {
    Set<String> booleans = new HashSet<>(BOOLEANS);
    if (endpoint == Endpoint.CHAT_COMPLETIONS) {
      booleans.add("logprobs");
    }
    ObjectNode kept = dropped(body, endpoint.obeyed(), booleans);
    if (kept.get("stream_options") instanceof ObjectNode options) {
      kept.set("stream_options", dropped(options, BOOLEANS, BOOLEANS));
    }
    return kept;
  }

  private static ObjectNode dropped(
      ObjectNode object, Collection<String> fields, Set<String> booleans) {
    ObjectNode kept = object.objectNode().setAll(object);
    for (String field : fields) {
      JsonNode value = object.get(field);
      if (value == null || REQUIRED.contains(field)) {
        continue;
      }
      JsonNode read = booleans.contains(field) ? asBoolean(value) : value;
      if (saysNothing(field, read, booleans)) {
        kept.remove(field);
      } else {
        kept.set(field, read);
      }
    }
    return kept;
  }

  private static boolean saysNothing(String field, @Nullable JsonNode value, Set<String> booleans) {
    if (value == null || NeutralValues.isBlank(value)) {
      return true;
    }
    if (booleans.contains(field) || TEXTS.contains(field)) {
      return false;
    }
    return NeutralValues.isFalse(value)
        || (OFF_AT_ZERO.contains(field) && NeutralValues.isZero(value));
  }

  private static JsonNode asBoolean(JsonNode value) {
    return NeutralValues.isZero(value) ? BooleanNode.FALSE : NeutralValues.unquoted(value);
  }
}
