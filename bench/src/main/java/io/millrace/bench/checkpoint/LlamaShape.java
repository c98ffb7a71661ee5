package io.millrace.bench.checkpoint;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The shape of a Llama model: what its {@code config.json} says, and its tensors.
 *
 * @param hidden width of the residual stream
 * @param tied whether the output head is the embedding
 * @param ropeFactor by which the contexts that it was made for are longer than those it learned on
 *     first, as Llama 3.1 scales positions
 */
public record LlamaShape(
    int hidden,
    int layers,
    int heads,
    int kvHeads,
    int intermediate,
    int vocabulary,
    boolean tied,
    double ropeFactor) {
  /** Llama-3.2-1B's. */
  public static final LlamaShape LLAMA_3_2_1B =
      new LlamaShape(2048, 16, 32, 8, 8192, 128_256, true, 32);

  /** Llama-3.1-8B's. */
  public static final LlamaShape LLAMA_3_1_8B =
      new LlamaShape(4096, 32, 32, 8, 14_336, 128_256, false, 8);

  private static final int POSITIONS = 131_072;
  private static final int FIRST_POSITIONS = 8192;

  /**
   * A tensor.
   *
   * @param shape outermost dimension first; a vector is the weight of a norm
   */
  public record Tensor(String name, List<Integer> shape) {
    static Tensor matrix(String name, int rows, int columns) {
      return new Tensor(name + ".weight", List.of(rows, columns));
    }

    static Tensor norm(String name, int size) {
      return new Tensor(name + ".weight", List.of(size));
    }

    boolean isNorm() {
      return shape.size() == 1;
    }

    long elements() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }

    /** Numbers of a row, which are multiplied with one input. */
    int columns() {
      return shape.get(shape.size() - 1);
    }
  }

  /** All tensors, in the order of a forward pass. */
  public List<Tensor> tensors() {
    List<Tensor> all = new ArrayList<>();
    all.add(Tensor.matrix("model.embed_tokens", vocabulary, hidden));
    for (int layer = 0; layer < layers; layer++) {
      addLayer("model.layers.%d.".formatted(layer), all);
    }
    all.add(Tensor.norm("model.norm", hidden));
    if (!tied) {
      all.add(Tensor.matrix("lm_head", vocabulary, hidden));
    }
    return all;
  }

  private void addLayer(String layer, List<Tensor> all) {
    int keys = kvHeads * headDim();
    all.add(Tensor.norm(layer + "input_layernorm", hidden));
    all.add(Tensor.matrix(layer + "self_attn.q_proj", hidden, hidden));
    all.add(Tensor.matrix(layer + "self_attn.k_proj", keys, hidden));
    all.add(Tensor.matrix(layer + "self_attn.v_proj", keys, hidden));
    all.add(Tensor.matrix(layer + "self_attn.o_proj", hidden, hidden));
    all.add(Tensor.norm(layer + "post_attention_layernorm", hidden));
    all.add(Tensor.matrix(layer + "mlp.gate_proj", intermediate, hidden));
    all.add(Tensor.matrix(layer + "mlp.up_proj", intermediate, hidden));
    all.add(Tensor.matrix(layer + "mlp.down_proj", hidden, intermediate));
  }

  /** {@code config.json}. */
  public ObjectNode config() {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.putArray("architectures").add("LlamaForCausalLM");
    config
        .put("model_type", "llama")
        .put("torch_dtype", "bfloat16")
        .put("hidden_act", "silu")
        .put("hidden_size", hidden)
        .put("intermediate_size", intermediate)
        .put("num_hidden_layers", layers)
        .put("num_attention_heads", heads)
        .put("num_key_value_heads", kvHeads)
        .put("head_dim", headDim())
        .put("vocab_size", vocabulary)
        .put("max_position_embeddings", POSITIONS)
        .put("rms_norm_eps", 1e-5)
        .put("rope_theta", 500_000.0)
        .put("attention_bias", false)
        .put("mlp_bias", false)
        .put("tie_word_embeddings", tied);
    config
        .putObject("rope_scaling")
        .put("rope_type", "llama3")
        .put("factor", ropeFactor)
        .put("low_freq_factor", 1.0)
        .put("high_freq_factor", 4.0)
        .put("original_max_position_embeddings", FIRST_POSITIONS);
    return config;
  }

  /** Numbers of a head's query. */
  public int headDim() {
    return hidden / heads;
  }
}
