package io.millrace.engine.model;

import io.millrace.engine.model.Biases.Rule;
import io.millrace.engine.model.SlidingWindow.Layers;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A family of models that share one architecture, as data.
 *
 * @see ModelSpec
 */
public enum ModelFamily {
  LLAMA("LlamaForCausalLM", false, false, false, Layers.NONE, Rule.ATTENTION_AND_MLP),
  MISTRAL("MistralForCausalLM", false, false, false, Layers.ALL, Rule.NONE),
  QWEN2("Qwen2ForCausalLM", false, false, false, Layers.LAST, Rule.QKV),
  QWEN3("Qwen3ForCausalLM", false, true, false, Layers.LAST, Rule.ATTENTION),
  BAICHUAN("BaichuanForCausalLM", true, false, true, Layers.NONE, Rule.NONE);

  private final String architecture;
  private final boolean fusedQkv;
  private final boolean headNorms;
  private final boolean normalizedHead;
  private final Layers window;
  private final Rule biases;

  ModelFamily(
      String architecture,
      boolean fusedQkv,
      boolean headNorms,
      boolean normalizedHead,
      Layers window,
      Rule biases) {
    this.architecture = architecture;
    this.fusedQkv = fusedQkv;
    this.headNorms = headNorms;
    this.normalizedHead = normalizedHead;
    this.window = window;
    this.biases = biases;
  }

  /** Whether query, key and value lie in one tensor, {@code W_pack}. */
  public boolean fusedQkv() {
    return fusedQkv;
  }

  /** Whether each head's query and key are normalized (Qwen3, arXiv:2505.09388). */
  public boolean headNorms() {
    return headNorms;
  }

  /** Whether the rows of the output head have length 1 (Baichuan 2, arXiv:2309.10305). */
  public boolean normalizedHead() {
    return normalizedHead;
  }

  /** The layers that have a sliding window. */
  Layers window() {
    return window;
  }

  /** Where its biases are said. */
  Rule biases() {
    return biases;
  }

  /** The family of a configuration's architecture. */
  static ModelFamily of(String architecture) {
    return Arrays.stream(values())
        .filter(family -> family.architecture.equals(architecture))
        .findFirst()
        .orElseThrow(
            () ->
                new UnsupportedModel(
                    "architecture %s is not supported; supported are %s"
                        .formatted(
                            architecture.isEmpty() ? "(none given)" : architecture, supported())));
  }

  private static String supported() {
    return Arrays.stream(values()).map(it -> it.architecture).collect(Collectors.joining(", "));
  }
}
