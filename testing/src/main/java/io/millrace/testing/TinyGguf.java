package io.millrace.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A {@link TinyCheckpoint} as llama.cpp's converter would write it: names, metadata, row order. */
public final class TinyGguf {
  private static final int NORMAL_TOKEN = 1;
  private static final int CONTROL_TOKEN = 3;

  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("model.embed_tokens", "token_embd"),
          Map.entry("model.norm", "output_norm"),
          Map.entry("lm_head", "output"),
          Map.entry("input_layernorm", "attn_norm"),
          Map.entry("self_attn.q_proj", "attn_q"),
          Map.entry("self_attn.k_proj", "attn_k"),
          Map.entry("self_attn.v_proj", "attn_v"),
          Map.entry("self_attn.o_proj", "attn_output"),
          Map.entry("post_attention_layernorm", "ffn_norm"),
          Map.entry("mlp.gate_proj", "ffn_gate"),
          Map.entry("mlp.up_proj", "ffn_up"),
          Map.entry("mlp.down_proj", "ffn_down"));

  private TinyGguf() {}

  /** The whole file, its weights as float32. */
  public static byte[] bytes(TinyCheckpoint checkpoint) {
    return writer(checkpoint).toBytes();
  }

  /** The whole file, for a test to add to. */
  public static GgufWriter writer(TinyCheckpoint checkpoint) {
    GgufWriter writer = metadata(checkpoint);
    for (TinyTensor tensor : checkpoint.tensors()) {
      writer.add(permuted(checkpoint, tensor).named(ggmlName(tensor.name())));
    }
    return writer;
  }

  /** Architecture, tokenizer and chat template, without a tensor. */
  public static GgufWriter metadata(TinyCheckpoint checkpoint) {
    GgufWriter writer =
        new GgufWriter()
            .put("general.architecture", "llama")
            .put("llama.block_count", checkpoint.layers())
            .put("llama.context_length", checkpoint.maxPositions())
            .put("llama.embedding_length", checkpoint.hidden())
            .put("llama.feed_forward_length", checkpoint.intermediate())
            .put("llama.attention.head_count", checkpoint.heads())
            .put("llama.attention.head_count_kv", checkpoint.kvHeads())
            .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .put("llama.rope.freq_base", 10000f)
            .put("llama.rope.dimension_count", checkpoint.headDim())
            .put("llama.vocab_size", checkpoint.vocabulary());
    return tokenizer(writer, checkpoint);
  }

  private static GgufWriter tokenizer(GgufWriter writer, TinyCheckpoint checkpoint) {
    int[] types = new int[checkpoint.vocabulary()];
    Arrays.fill(types, NORMAL_TOKEN);
    Arrays.fill(types, 0, TinyTokenizer.SPECIALS.size(), CONTROL_TOKEN);
    return writer
        .put("tokenizer.ggml.model", "gpt2")
        .put("tokenizer.ggml.pre", "gpt-2")
        .putStrings("tokenizer.ggml.tokens", checkpoint.tokens())
        .putInts("tokenizer.ggml.token_type", types)
        .putStrings("tokenizer.ggml.merges", List.of())
        .put("tokenizer.ggml.bos_token_id", TinyTokenizer.BOS)
        .put("tokenizer.ggml.eos_token_id", TinyTokenizer.EOS)
        .put("tokenizer.ggml.eot_token_id", TinyTokenizer.END_OF_TURN)
        .put("tokenizer.ggml.unknown_token_id", 0)
        .put("tokenizer.ggml.add_bos_token", true)
        .put(
            "tokenizer.chat_template",
            TinyTokenizer.tokenizerConfig(checkpoint.maxPositions())
                .get("chat_template")
                .asString());
  }

  private static String ggmlName(String name) {
    String stem = name.substring(0, name.lastIndexOf('.'));
    String suffix = name.substring(name.lastIndexOf('.'));
    if (!stem.startsWith("model.layers.")) {
      return NAMES.get(stem) + suffix;
    }
    String[] parts = stem.split("\\.", 4);
    return "blk." + parts[2] + "." + NAMES.get(parts[3]) + suffix;
  }

  /**
   * The converter's {@code permute}: (heads, 2, rows / 2, columns) becomes (heads, rows / 2, 2).
   */
  private static TinyTensor permuted(TinyCheckpoint checkpoint, TinyTensor tensor) {
    boolean query = tensor.name().endsWith("q_proj.weight");
    if (!query && !tensor.name().endsWith("k_proj.weight")) {
      return tensor;
    }
    int heads = query ? checkpoint.heads() : checkpoint.kvHeads();
    int columns = (int) tensor.shape()[1];
    int half = checkpoint.headDim() / 2;
    float[] values = new float[tensor.values().length];
    int to = 0;
    for (int head = 0; head < heads; head++) {
      for (int i = 0; i < half; i++) {
        for (int part = 0; part < 2; part++) {
          int from = (head * 2 + part) * half + i;
          System.arraycopy(tensor.values(), from * columns, values, to * columns, columns);
          to++;
        }
      }
    }
    return new TinyTensor(tensor.name(), tensor.shape(), values);
  }
}
