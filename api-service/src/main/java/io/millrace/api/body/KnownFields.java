package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonRecords;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The table of the fields that are known of OpenAI, Anthropic, vLLM and transformers. What an
 * endpoint obeys stands at {@link Endpoint}; what would change the answer and is not obeyed is
 * refused by name, since an answer without it would be another than was asked for; hints are
 * ignored.
 */
public final class KnownFields {
  /** Say something of the client, or how to be quick; the answer is the same without them. */
  public static final Set<String> HINTS =
      Set.of(
          "user",
          "metadata",
          "store",
          "service_tier",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "prediction",
          "request_id");

  /** No endpoint obeys these. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "audio",
          "background",
          "cache_salt",
          "chat_template",
          "container",
          "context_management",
          "conversation",
          "diversity_penalty",
          "documents",
          "early_stopping",
          "encoder_repetition_penalty",
          "epsilon_cutoff",
          "eta_cutoff",
          "function_call",
          "functions",
          "grammar",
          "guided_whitespace_pattern",
          "include",
          "json_schema",
          "kv_transfer_params",
          "length_penalty",
          "logits_processors",
          "logprob_token_ids",
          "max_tool_calls",
          "mcp_servers",
          "min_new_tokens",
          "mm_processor_kwargs",
          "modalities",
          "num_beam_groups",
          "num_beams",
          "output_format",
          "penalty_alpha",
          "previous_response_id",
          "priority",
          "prompt_embeds",
          "reasoning",
          "reasoning_effort",
          "return_full_text",
          "return_token_ids",
          "return_tokens_as_token_ids",
          "spaces_between_special_tokens",
          "structural_tag",
          "suffix",
          "thinking",
          "tool_resources",
          "truncation",
          "typical_p",
          "use_beam_search",
          "verbosity",
          "vllm_xargs",
          "web_search_options");

  /** Values at which a field asks for nothing, besides null, false, 0 and what is empty. */
  private static final Map<String, List<JsonNode>> NEUTRAL =
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
          neutral("spaces_between_special_tokens", "true"),
          neutral("thinking", "{\"type\":\"disabled\"}"),
          neutral(
              "tool_choice", "\"none\"", "\"auto\"", "{\"type\":\"none\"}", "{\"type\":\"auto\"}"),
          neutral("truncation", "\"disabled\""),
          neutral("typical_p", "1"),
          neutral("verbosity", "\"medium\""));

  /** What vLLM's structured outputs have besides. */
  private static final List<String> UNSUPPORTED_STRUCTURED =
      List.of("disable_additional_properties", "structural_tag", "whitespace_pattern");

  private KnownFields() {}

  /**
   * Refuses fields of an object within the body that ask for something.
   *
   * @throws Invalid naming the first of them
   */
  public static void refuse(JsonBody owner, String... fields) {
    for (String field : fields) {
      refuse(owner.name(""), field, owner.node(field));
    }
  }

  private static Map.Entry<String, List<JsonNode>> neutral(String field, String... values) {
    return Map.entry(
        field, Stream.of(values).map(value -> JsonMapper.shared().readTree(value)).toList());
  }

  /**
   * The body without the fields that ask for nothing.
   *
   * @throws Invalid naming a field that asks for something and that the endpoint does not obey
   */
  public static JsonBody obeyed(JsonBody body, Endpoint endpoint) {
    notObeyed(endpoint).forEach(field -> refuse("", field, body.node(field)));
    if (body.node("structured_outputs") instanceof ObjectNode structured) {
      UNSUPPORTED_STRUCTURED.forEach(
          field -> refuse("structured_outputs.", field, structured.get(field)));
    }
    return body.withoutEmpty(endpoint);
  }

  private static void refuse(String path, String field, @Nullable JsonNode value) {
    if (value != null && !value.isNull() && !asksForNothing(field, value)) {
      String name = path + field;
      throw new Invalid(name, name + " is not supported" + butFor(field, value));
    }
  }

  /** The known fields but for hints that an endpoint does not obey. */
  static Set<String> notObeyed(Endpoint endpoint) {
    Set<String> rest = new TreeSet<>(UNSUPPORTED);
    for (Endpoint other : Endpoint.values()) {
      rest.addAll(other.obeyed());
    }
    rest.removeAll(endpoint.obeyed());
    return rest;
  }

  private static String butFor(String field, JsonNode value) {
    List<JsonNode> neutral = NEUTRAL.get(field);
    return neutral == null
        ? ""
        : " beyond %s, but is %s".formatted(neutral.get(0), JsonRecords.shown(value));
  }

  private static boolean asksForNothing(String field, JsonNode value) {
    return isEmpty(value)
        || NEUTRAL.getOrDefault(field, List.of()).stream()
            .anyMatch(neutral -> equal(neutral, value));
  }

  private static boolean isEmpty(JsonNode value) {
    return EmptyFields.isBlank(value)
        || EmptyFields.isFalse(value)
        || EmptyFields.isZero(value)
        || (value.isContainer() && value.valueStream().allMatch(JsonNode::isNull));
  }

  private static boolean equal(JsonNode one, JsonNode other) {
    return one.isNumber() && other.isNumber()
        ? one.doubleValue() == other.doubleValue()
        : one.equals(other);
  }
}
