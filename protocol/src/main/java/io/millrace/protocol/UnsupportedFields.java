package io.millrace.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The table of the fields of OpenAI, Anthropic, vLLM and transformers that requests do not have.
 * What would change the answer is refused by name, since an answer without it would be another than
 * was asked for; hints, and values at which a field asks for nothing, are ignored.
 */
public final class UnsupportedFields {
  /** Say something of the client, or how to be quick; the answer is the same without them. */
  public static final Set<String> HINTS =
      Set.of(
          "user",
          "metadata",
          "store",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "prediction",
          "request_id");

  /** Nobody obeys these. */
  public static final List<String> ALL =
      List.of(
          "audio",
          "background",
          "cache_salt",
          "container",
          "context_management",
          "conversation",
          "diversity_penalty",
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
          "prompt_embeds",
          "reasoning",
          "return_full_text",
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

  /** Spellings of HTTP's endpoints, each of which obeys its own; a record knows none of them. */
  public static final List<String> OF_ENDPOINTS =
      List.of(
          "do_sample",
          "eos_token_id",
          "input",
          "instructions",
          "max_completion_tokens",
          "max_length",
          "max_new_tokens",
          "max_output_tokens",
          "output_config",
          "prompt_token_ids",
          "stop_sequences",
          "stream_options",
          "system",
          "text",
          "tokens");

  /** Only a conversation has these. */
  private static final List<String> OF_CHATS =
      List.of(
          "add_generation_prompt",
          "chat_template",
          "chat_template_kwargs",
          "continue_final_message",
          "documents",
          "parallel_tool_calls",
          "reasoning_effort",
          "thinking_token_budget",
          "tool_choice",
          "tools");

  /** What vLLM's structured outputs have besides. */
  private static final List<String> OF_STRUCTURED_OUTPUTS =
      List.of("disable_additional_properties", "structural_tag", "whitespace_pattern");

  private UnsupportedFields() {}

  /**
   * Checks a record of a requests topic.
   *
   * @throws Invalid naming a field that asks for something and that requests do not have
   */
  static void refuse(ObjectNode request) {
    refuse("", request, ALL);
    refuse("", request, OF_ENDPOINTS);
    if (!request.hasNonNull("messages")) {
      OF_CHATS.forEach(field -> refuse(field, request.get(field), field, " without messages"));
    }
  }

  /**
   * Checks that some fields of a body, or of an object within it, ask for nothing.
   *
   * @param path what stands before the names of its fields
   * @throws Invalid naming one of them that asks for something
   */
  public static void refuse(String path, ObjectNode object, Collection<String> fields) {
    fields.forEach(field -> refuse(path + field, object.get(field), field, ""));
    if (object.get("structured_outputs") instanceof ObjectNode structured) {
      String within = path + "structured_outputs.";
      OF_STRUCTURED_OUTPUTS.forEach(
          field -> refuse(within + field, structured.get(field), field, ""));
    }
  }

  private static void refuse(String name, @Nullable JsonNode value, String field, String where) {
    if (value != null && !value.isNull() && !NeutralValues.asksForNothing(field, value)) {
      throw new Invalid(
          name, name + " is not supported" + where + NeutralValues.butFor(field, value));
    }
  }
}
