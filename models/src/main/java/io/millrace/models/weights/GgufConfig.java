package io.millrace.models.weights;

import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The metadata of a GGUF file in the words of transformers' {@code config.json}. */
final class GgufConfig {
  private static final long DEFAULT_ORIGINAL_LENGTH = 8192;

  private final GgufFile file;
  private final GgufMetadata metadata;
  private final GgufArchitecture architecture;

  GgufConfig(GgufFile file, GgufArchitecture architecture) {
    this.file = file;
    this.metadata = file.metadata();
    this.architecture = architecture;
  }

  long heads() {
    return required("attention.head_count");
  }

  long kvHeads() {
    return optional("attention.head_count_kv").orElseGet(this::heads);
  }

  private long headDim() {
    return optional("attention.key_length")
        .orElseGet(() -> required("embedding_length") / Math.max(1, heads()));
  }

  private double ropeTheta() {
    return metadata.number(key("rope.freq_base")).orElse(10_000);
  }

  /**
   * @param tensors by Hugging Face name; what they are decides where the metadata is silent
   * @param ropeFactors what {@code rope_freqs.weight} holds, or null without one
   */
  ObjectNode toJson(Map<String, TensorView> tensors, float @Nullable [] ropeFactors) {
    refuseExperts();
    ObjectNode config = JsonFiles.empty();
    String modelClass = architecture.modelClass;
    // 0 is for none. Qwen's models have none in llama.cpp.
    long window = optional("attention.sliding_window").orElse(0);
    if (window > 0 && architecture == GgufArchitecture.LLAMA) {
      config.put("sliding_window", window);
      modelClass = "MistralForCausalLM";
    }
    config.putArray("architectures").add(modelClass);
    config
        .put("model_type", modelClass.startsWith("Mistral") ? "mistral" : architecture.key)
        .put("hidden_act", "silu")
        .put("hidden_size", required("embedding_length"))
        .put("intermediate_size", required("feed_forward_length"))
        .put("num_hidden_layers", required("block_count"))
        .put("num_attention_heads", heads())
        .put("num_key_value_heads", kvHeads())
        .put("head_dim", headDim())
        .put("max_position_embeddings", required("context_length"))
        .put("rms_norm_eps", requiredNumber("attention.layer_norm_rms_epsilon"))
        .put("attention_bias", tensors.containsKey("model.layers.0.self_attn.q_proj.bias"))
        .put("mlp_bias", tensors.containsKey("model.layers.0.mlp.up_proj.bias"))
        .put("tie_word_embeddings", !tensors.containsKey("lm_head.weight"));
    putRope(config, ropeFactors);
    putVocabulary(config, tensors.get("model.embed_tokens.weight"));
    return config;
  }

  private void refuseExperts() {
    long experts = optional("expert_count").orElse(0);
    if (experts > 0) {
      throw new BadCheckpoint(
          file.path(), "is a mixture of %d experts, which is not supported".formatted(experts));
    }
  }

  private void putRope(ObjectNode config, float @Nullable [] factors) {
    config.put("rope_theta", ropeTheta());
    OptionalLong rotated = optional("rope.dimension_count");
    if (rotated.isPresent() && rotated.getAsLong() != headDim()) {
      config.put("partial_rotary_factor", (double) rotated.getAsLong() / headDim());
    }
    long original =
        optional("rope.scaling.original_context_length").orElse(DEFAULT_ORIGINAL_LENGTH);
    if (factors != null) {
      config.set(
          "rope_scaling", new RopeFactors(file.path(), factors, ropeTheta(), original).scaling());
    } else {
      config.set("rope_scaling", scaling(original));
    }
  }

  private @Nullable ObjectNode scaling(long original) {
    double factor =
        metadata
            .number(key("rope.scaling.factor"))
            .orElse(metadata.number(key("rope.scale_linear")).orElse(1));
    String type = metadata.string(key("rope.scaling.type")).orElse(factor == 1 ? "none" : "linear");
    if (type.equals("none")) {
      return null;
    }
    ObjectNode scaling = JsonFiles.empty().put("rope_type", type).put("factor", factor);
    if (!type.equals("linear")) {
      scaling.put("original_max_position_embeddings", original);
    }
    return scaling;
  }

  private void putVocabulary(ObjectNode config, @Nullable TensorView embedding) {
    if (embedding != null && embedding.shape().length == 2) {
      config.put("vocab_size", embedding.shape()[0]);
      config.put("torch_dtype", torchType(embedding.type()));
    } else {
      config.put("vocab_size", required("vocab_size"));
    }
    putToken(config, "bos");
    putToken(config, "eos");
    metadata
        .integer("tokenizer.ggml.padding_token_id")
        .ifPresent(id -> config.put("pad_token_id", id));
  }

  private void putToken(ObjectNode config, String token) {
    metadata
        .integer("tokenizer.ggml.%s_token_id".formatted(token))
        .ifPresent(id -> config.put(token + "_token_id", id));
  }

  private static String torchType(ElementType type) {
    return switch (type) {
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      case F32, F64 -> "float32";
      // Quantised numbers fit bfloat16 within their own error, and it is the faster one.
      default -> "bfloat16";
    };
  }

  private String key(String suffix) {
    return architecture.key + "." + suffix;
  }

  private OptionalLong optional(String suffix) {
    return metadata.integer(key(suffix));
  }

  private long required(String suffix) {
    return optional(suffix).orElseThrow(() -> missing(suffix));
  }

  private double requiredNumber(String suffix) {
    return metadata.number(key(suffix)).orElseThrow(() -> missing(suffix));
  }

  private BadCheckpoint missing(String suffix) {
    return new BadCheckpoint(file.path(), "lacks the metadata " + key(suffix));
  }
}
