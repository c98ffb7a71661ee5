package io.millrace.bench.gpu;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.models.weights.RandomCheckpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The shape of a Llama model, without its numbers. */
record ModelShape(
    @JsonProperty("name") String name,
    @JsonProperty("layers") int layers,
    @JsonProperty("hidden") int hidden,
    @JsonProperty("heads") int heads,
    @JsonProperty("kv_heads") int kvHeads,
    @JsonProperty("head_dim") int headDim,
    @JsonProperty("intermediate") int intermediate,
    @JsonProperty("vocab") int vocab) {
  /** For rehearsals on a CPU. */
  static final ModelShape TINY = new ModelShape("tiny", 2, 64, 4, 2, 16, 128, 384);

  /** Llama 3.2 1B. */
  static final ModelShape LLAMA_1B = new ModelShape("1b", 16, 2048, 32, 8, 64, 8192, 128_256);

  /** Llama 3.1 8B. */
  static final ModelShape LLAMA_8B = new ModelShape("8b", 32, 4096, 32, 8, 128, 14_336, 128_256);

  static final List<ModelShape> ALL = List.of(TINY, LLAMA_1B, LLAMA_8B);

  private static final int POSITIONS = 4096;
  private static final double ROPE_BASE = 500_000;

  /** A model of this shape with random weights. */
  RandomCheckpoint checkpoint(long seed) {
    return new RandomCheckpoint(config(), tensors(), seed);
  }

  private ObjectNode config() {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.putArray("architectures").add("LlamaForCausalLM");
    return config
        .put("model_type", "llama")
        .put("hidden_act", "silu")
        .put("hidden_size", hidden)
        .put("intermediate_size", intermediate)
        .put("num_hidden_layers", layers)
        .put("num_attention_heads", heads)
        .put("num_key_value_heads", kvHeads)
        .put("head_dim", headDim)
        .put("vocab_size", vocab)
        .put("max_position_embeddings", POSITIONS)
        .put("rms_norm_eps", 1e-5)
        .put("rope_theta", ROPE_BASE)
        .put("tie_word_embeddings", false)
        .put("torch_dtype", "bfloat16");
  }

  private Map<String, long[]> tensors() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    long queries = (long) heads * headDim;
    long keys = (long) kvHeads * headDim;
    for (int i = 0; i < layers; i++) {
      String layer = "model.layers." + i + ".";
      shapes.put(layer + "input_layernorm.weight", new long[] {hidden});
      shapes.put(layer + "self_attn.q_proj.weight", new long[] {queries, hidden});
      shapes.put(layer + "self_attn.k_proj.weight", new long[] {keys, hidden});
      shapes.put(layer + "self_attn.v_proj.weight", new long[] {keys, hidden});
      shapes.put(layer + "self_attn.o_proj.weight", new long[] {hidden, queries});
      shapes.put(layer + "post_attention_layernorm.weight", new long[] {hidden});
      shapes.put(layer + "mlp.gate_proj.weight", new long[] {intermediate, hidden});
      shapes.put(layer + "mlp.up_proj.weight", new long[] {intermediate, hidden});
      shapes.put(layer + "mlp.down_proj.weight", new long[] {hidden, intermediate});
    }
    shapes.put("model.norm.weight", new long[] {hidden});
    shapes.put("lm_head.weight", new long[] {vocab, hidden});
    shapes.put("model.embed_tokens.weight", new long[] {vocab, hidden});
    return shapes;
  }

  /** Numbers of a layer's matrices, all layers together. */
  long layerNumbers() {
    long attention = (long) hidden * headDim * (2L * heads + 2L * kvHeads);
    return layers * (attention + 3L * hidden * intermediate);
  }

  /** Numbers of all weights that a step reads: matrices and output head, without the embedding. */
  long weightNumbers() {
    return layerNumbers() + (long) vocab * hidden;
  }

  /** Bytes that a decode step must read at least, if every number has two. */
  long stepBytes(int batch, int context) {
    long cache = 2L * layers * kvHeads * headDim * context * batch;
    return Short.BYTES * (weightNumbers() + cache);
  }

  /** Floating point operations that a prompt token needs: without the head, which one row needs. */
  double tokenFlops(int context) {
    double attention = 2.0 * context * layers * heads * headDim;
    return 2.0 * layerNumbers() + attention;
  }
}
