package io.millrace.models.weights;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A GGUF architecture that can be read, with the Hugging Face names of ggml's tensors. */
enum GgufArchitecture {
  LLAMA("llama", "LlamaForCausalLM", true),
  QWEN2("qwen2", "Qwen2ForCausalLM", false),
  QWEN3("qwen3", "Qwen3ForCausalLM", false);

  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,6})\\.(\\w+)\\.(weight|bias)");

  private static final Map<String, String> OUTSIDE =
      Map.of(
          "token_embd.weight", "model.embed_tokens.weight",
          "output_norm.weight", "model.norm.weight",
          "output.weight", "lm_head.weight");

  private static final Map<String, String> WITHIN_LAYER =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_k", "self_attn.k_proj"),
          Map.entry("attn_v", "self_attn.v_proj"),
          Map.entry("attn_q_norm", "self_attn.q_norm"),
          Map.entry("attn_k_norm", "self_attn.k_norm"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));

  /** The name in {@code general.architecture}, and before the keys of its metadata. */
  final String key;

  final String modelClass;

  /** Whether rows of q and k are in ggml's order. */
  final boolean permuted;

  GgufArchitecture(String key, String modelClass, boolean permuted) {
    this.key = key;
    this.modelClass = modelClass;
    this.permuted = permuted;
  }

  static GgufArchitecture of(GgufFile file) {
    String name = file.metadata().string("general.architecture").orElse("");
    return Arrays.stream(values())
        .filter(architecture -> architecture.key.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new BadCheckpoint(
                    file.path(),
                    "has the architecture '%s', which is not supported in GGUF; these are: %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(architecture -> architecture.key)
                                .collect(Collectors.joining(", ")))));
  }

  /** The Hugging Face name of one of ggml's, or null if it is none of this family's. */
  static @Nullable String huggingFaceName(String ggml) {
    Matcher layer = LAYER.matcher(ggml);
    if (!layer.matches()) {
      return OUTSIDE.get(ggml);
    }
    String within = WITHIN_LAYER.get(layer.group(2));
    return within == null
        ? null
        : "model.layers.%s.%s.%s".formatted(layer.group(1), within, layer.group(3));
  }

  /** Whether a tensor of this Hugging Face name has its rows in ggml's order. */
  boolean permutes(String name) {
    return permuted && (name.contains(".q_proj.") || name.contains(".k_proj."));
  }
}
