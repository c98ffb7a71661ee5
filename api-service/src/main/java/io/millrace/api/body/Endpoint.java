package io.millrace.api.body;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** An endpoint that answers questions, with the fields that it obeys: those that openapi tells. */
public enum Endpoint {
  COMPLETIONS(
      "/v1/completions", Fields.SHARED, Fields.OPENAI, Fields.PROMPT, List.of("best_of", "echo")),
  CHAT_COMPLETIONS(
      "/v1/chat/completions",
      Fields.SHARED,
      Fields.OPENAI,
      Fields.CHAT,
      Fields.REASONING,
      List.of("top_logprobs")),
  COMPLETION("/completion", Fields.SHARED, Fields.SEED, Fields.PROMPT),
  CHAT("/chat", Fields.SHARED, Fields.SEED, Fields.CHAT, Fields.REASONING, List.of("echo")),
  RESPONSES(
      "/v1/responses",
      Fields.CORE,
      Fields.TOOLS,
      List.of("parallel_tool_calls", "priority", "service_tier"),
      List.of("input", "instructions", "max_output_tokens", "stream", "text")),
  MESSAGES(
      "/v1/messages",
      Fields.CORE,
      Fields.TOOLS,
      List.of("messages", "system", "max_tokens", "stop_sequences", "top_k", "stream"),
      List.of("output_config", "priority")),
  COUNT_TOKENS("/v1/messages/count_tokens", Fields.TOOLS, List.of("model", "messages", "system")),
  TOKENIZE(
      "/tokenize",
      Fields.CHAT,
      List.of("model", "prompt", "add_special_tokens", "truncate_prompt_tokens"),
      List.of("return_token_strs")),
  DETOKENIZE("/detokenize", List.of("model", "tokens"));

  private final String path;
  private final Set<String> obeyed = new TreeSet<>();

  @SafeVarargs
  Endpoint(String path, List<String>... obeyed) {
    this.path = path;
    Stream.of(obeyed).forEach(this.obeyed::addAll);
  }

  /** Where it is. */
  public String path() {
    return path;
  }

  /** The names of the fields that change its answer. */
  public Collection<String> obeyed() {
    return obeyed;
  }

  /** The fields that several endpoints obey. */
  private static final class Fields {
    static final List<String> CORE = List.of("model", "temperature", "top_p");

    static final List<String> TOOLS = List.of("tools", "tool_choice");

    static final List<String> SHARED =
        List.of(
            "model",
            "priority",
            "service_tier",
            "stream",
            "n",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "presence_penalty",
            "frequency_penalty",
            "seed",
            "logit_bias",
            "no_repeat_ngram_size",
            "forced_eos_token_id",
            "allowed_token_ids",
            "bad_words",
            "max_tokens",
            "min_tokens",
            "stop",
            "stop_token_ids",
            "ignore_eos",
            "include_stop_str_in_output",
            "response_format",
            "structured_outputs",
            "guided_json",
            "guided_regex",
            "guided_choice",
            "guided_grammar",
            "skip_special_tokens",
            "truncate_prompt_tokens",
            "add_special_tokens");

    static final List<String> OPENAI =
        List.of(
            "max_completion_tokens",
            "logprobs",
            "prompt_logprobs",
            "return_token_ids",
            "stream_options");

    static final List<String> SEED =
        List.of("do_sample", "max_new_tokens", "max_length", "eos_token_id");

    static final List<String> PROMPT = List.of("prompt", "prompt_token_ids");

    static final List<String> CHAT =
        List.of(
            "messages",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "add_generation_prompt",
            "continue_final_message",
            "chat_template",
            "chat_template_kwargs",
            "documents",
            "reasoning_effort");

    static final List<String> REASONING = List.of("thinking_token_budget");

    private Fields() {}
  }
}
