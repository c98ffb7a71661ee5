package io.millrace.engine.load;

import io.millrace.engine.model.Biases;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.UnsupportedModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names of the tensors that a model is made of, as transformers has them. */
final class ModelTensors {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String NORM = "model.norm.weight";
  static final String HEAD = "lm_head.weight";

  private static final Logger log = LoggerFactory.getLogger(ModelTensors.class);

  /** Tables that follow from the configuration; old checkpoints have them. */
  private static final Pattern DERIVED =
      Pattern.compile(".*\\.rotary_emb\\.(inv_freq|\\w+_cached)");

  /**
   * What stands beside weights that are not the numbers they stand for: scales, offsets, codes and
   * orders of GPTQ, AWQ, FP8, compressed-tensors, bitsandbytes, HQQ, AQLM and MLX.
   */
  private static final Pattern QUANTIZATION =
      Pattern.compile(
          ".*\\.(\\w*scales?(_inv)?|scale_\\w+|\\w*zero_points?|zeros|biases|qweight|qzeros|W_q|meta"
              + "|\\w*g_idx|perm|weight_(packed|shape|format)|codes|codebooks"
              + "|SCB|absmax|quant_map|nested_\\w+|quant_state\\.\\w+)");

  private ModelTensors() {}

  /**
   * Checks that a checkpoint has all that its model needs.
   *
   * @return the tensors that are not used
   * @throws UnsupportedModel if a tensor is missing, or belongs to a quantisation
   */
  static Set<String> check(ModelSpec spec, Set<String> names) {
    names.stream()
        .filter(name -> QUANTIZATION.matcher(name).matches())
        .findFirst()
        .ifPresent(ModelTensors::refuseQuantization);
    Set<String> unused = new HashSet<>(names);
    for (String name : List.of(EMBEDDING, NORM)) {
      take(name, unused);
    }
    List<String> ofLayer = ofLayer(spec);
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (String name : ofLayer) {
        take(layer(layer) + name, unused);
      }
    }
    if (!unused.remove(HEAD) && !spec.tiedHead()) {
      throw new UnsupportedModel(
          "the checkpoint has no tensor " + HEAD + ", and tie_word_embeddings is false");
    }
    unused.removeIf(name -> DERIVED.matcher(name).matches());
    return unused;
  }

  /** Warns of tensors that are not used. */
  static void warnOf(ModelSpec spec, Set<String> unused) {
    if (!unused.isEmpty()) {
      log.warn(
          "the checkpoint has {} tensors that a model of the family {} has not; they are ignored,"
              + " such as {}",
          unused.size(),
          spec.family(),
          unused.stream().sorted().findFirst().orElseThrow());
    }
  }

  /** What the names of a layer's tensors begin with. */
  static String layer(int index) {
    return "model.layers." + index + ".";
  }

  private static List<String> ofLayer(ModelSpec spec) {
    Biases biases = spec.biases();
    List<String> names = new ArrayList<>();
    names.add("input_layernorm.weight");
    names.add("post_attention_layernorm.weight");
    for (String matrix :
        spec.family().fusedQkv() ? List.of("W_pack") : List.of("q_proj", "k_proj", "v_proj")) {
      add("self_attn." + matrix, biases.qkv(), names);
    }
    add("self_attn.o_proj", biases.output(), names);
    if (spec.family().headNorms()) {
      names.add("self_attn.q_norm.weight");
      names.add("self_attn.k_norm.weight");
    }
    for (String matrix : List.of("gate_proj", "up_proj", "down_proj")) {
      add("mlp." + matrix, biases.mlp(), names);
    }
    return names;
  }

  private static void add(String matrix, boolean bias, List<String> names) {
    names.add(matrix + ".weight");
    if (bias) {
      names.add(matrix + ".bias");
    }
  }

  private static void take(String name, Set<String> unused) {
    if (!unused.remove(name)) {
      throw new UnsupportedModel("the checkpoint has no tensor " + name);
    }
  }

  private static void refuseQuantization(String name) {
    throw new UnsupportedModel(
        "tensor %s is a part of a quantization that is not supported; supported are floating point"
                .formatted(name)
            + " and GGUF");
  }
}
