package io.millrace.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Llama checkpoint of random weights that follow from a seed, with a byte-level tokenizer: small
 * enough that a test writes and runs it, real enough that nothing needs a stand-in.
 *
 * @param hidden width of the residual stream, a multiple of {@code heads}
 * @param kvHeads a divisor of {@code heads}
 * @param vocabulary 261 or more
 * @param tied whether the output head is the embedding
 */
public record TinyCheckpoint(
    long seed,
    int hidden,
    int layers,
    int heads,
    int kvHeads,
    int intermediate,
    int vocabulary,
    int maxPositions,
    boolean tied) {

  /** Two layers of width 64, four heads on two of keys and values, 384 tokens, 512 positions. */
  public static TinyCheckpoint llama() {
    return new TinyCheckpoint(1, 64, 2, 4, 2, 128, 384, 512, false);
  }

  public TinyCheckpoint {
    if (hidden % (2 * heads) != 0 || heads % kvHeads != 0) {
      throw new IllegalArgumentException(
          "hidden %d, heads %d, kvHeads %d".formatted(hidden, heads, kvHeads));
    }
  }

  public TinyCheckpoint withSeed(long other) {
    return new TinyCheckpoint(
        other, hidden, layers, heads, kvHeads, intermediate, vocabulary, maxPositions, tied);
  }

  public TinyCheckpoint withWidth(int hidden, int heads, int kvHeads, int intermediate) {
    return new TinyCheckpoint(
        seed, hidden, layers, heads, kvHeads, intermediate, vocabulary, maxPositions, tied);
  }

  public TinyCheckpoint withLayers(int other) {
    return new TinyCheckpoint(
        seed, hidden, other, heads, kvHeads, intermediate, vocabulary, maxPositions, tied);
  }

  public TinyCheckpoint withVocabulary(int other) {
    return new TinyCheckpoint(
        seed, hidden, layers, heads, kvHeads, intermediate, other, maxPositions, tied);
  }

  public TinyCheckpoint withMaxPositions(int other) {
    return new TinyCheckpoint(
        seed, hidden, layers, heads, kvHeads, intermediate, vocabulary, other, tied);
  }

  public TinyCheckpoint withTied(boolean other) {
    return new TinyCheckpoint(
        seed, hidden, layers, heads, kvHeads, intermediate, vocabulary, maxPositions, other);
  }

  /** Numbers in a head. */
  public int headDim() {
    return hidden / heads;
  }

  /**
   * Writes everything a server needs, the weights as one safetensors file.
   *
   * @return the folder, which is made if it is missing
   */
  public Path writeTo(Path folder) throws IOException {
    writeAllButWeights(folder);
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors());
    return folder;
  }

  /** Writes the JSON files and leaves the weights to the caller. */
  public Path writeAllButWeights(Path folder) throws IOException {
    Files.createDirectories(folder);
    write(folder.resolve("config.json"), config());
    write(folder.resolve("generation_config.json"), generationConfig());
    write(folder.resolve("tokenizer.json"), TinyTokenizer.tokenizer(vocabulary));
    write(folder.resolve("tokenizer_config.json"), TinyTokenizer.tokenizerConfig(maxPositions));
    return folder;
  }

  private static void write(Path file, ObjectNode json) throws IOException {
    Files.writeString(file, json.toPrettyString());
  }

  public ObjectNode config() {
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
        .put("vocab_size", vocabulary)
        .put("max_position_embeddings", maxPositions)
        .put("rms_norm_eps", 1e-5)
        .put("rope_theta", 10000.0)
        .putNull("rope_scaling")
        .put("attention_bias", false)
        .put("mlp_bias", false)
        .put("tie_word_embeddings", tied)
        .put("bos_token_id", TinyTokenizer.BOS)
        .put("eos_token_id", TinyTokenizer.EOS)
        .put("torch_dtype", "float32");
  }

  public ObjectNode generationConfig() {
    ObjectNode config = JsonMapper.shared().createObjectNode();
    config.put("bos_token_id", TinyTokenizer.BOS);
    config.putArray("eos_token_id").add(TinyTokenizer.EOS).add(TinyTokenizer.END_OF_TURN);
    return config;
  }

  /** The text of each token id, as {@code tokenizer.json} spells it. */
  public List<String> tokens() {
    return TinyTokenizer.vocabulary(vocabulary);
  }

  /** All weights under their Hugging Face names. */
  public List<TinyTensor> tensors() {
    List<TinyTensor> all = new ArrayList<>();
    all.add(matrix("model.embed_tokens.weight", vocabulary, hidden));
    for (int layer = 0; layer < layers; layer++) {
      addLayer(all, "model.layers." + layer + ".");
    }
    all.add(norm("model.norm.weight"));
    if (!tied) {
      all.add(matrix("lm_head.weight", vocabulary, hidden));
    }
    return all;
  }

  private void addLayer(List<TinyTensor> all, String layer) {
    all.add(norm(layer + "input_layernorm.weight"));
    all.add(matrix(layer + "self_attn.q_proj.weight", hidden, hidden));
    all.add(matrix(layer + "self_attn.k_proj.weight", kvHeads * headDim(), hidden));
    all.add(matrix(layer + "self_attn.v_proj.weight", kvHeads * headDim(), hidden));
    all.add(matrix(layer + "self_attn.o_proj.weight", hidden, hidden));
    all.add(norm(layer + "post_attention_layernorm.weight"));
    all.add(matrix(layer + "mlp.gate_proj.weight", intermediate, hidden));
    all.add(matrix(layer + "mlp.up_proj.weight", intermediate, hidden));
    all.add(matrix(layer + "mlp.down_proj.weight", hidden, intermediate));
  }

  /** Scaled by the width of its input, so that activations neither vanish nor explode. */
  private TinyTensor matrix(String name, int out, int in) {
    return random(name, 0, 1 / Math.sqrt(in), out, in);
  }

  private TinyTensor norm(String name) {
    return random(name, 1, 0.1, hidden);
  }

  /** Seeded by the name too, so that a tensor does not depend on those before it. */
  private TinyTensor random(String name, double mean, double deviation, int... shape) {
    Random random = new Random(31 * seed + name.hashCode());
    long[] dimensions = new long[shape.length];
    int elements = 1;
    for (int i = 0; i < shape.length; i++) {
      dimensions[i] = shape[i];
      elements *= shape[i];
    }
    float[] values = new float[elements];
    for (int i = 0; i < elements; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return new TinyTensor(name, dimensions, values);
  }
}
