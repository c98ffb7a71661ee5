package io.millrace.engine.model;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A family of models that share one architecture, as data.
 *
 * @see ModelSpec
 */
public enum ModelFamily {
  LLAMA("LlamaForCausalLM", false, false, false),
  MISTRAL("MistralForCausalLM", false, false, false),
  QWEN2("Qwen2ForCausalLM", false, false, false),
  QWEN3("Qwen3ForCausalLM", false, true, false),
  BAICHUAN("BaichuanForCausalLM", true, false, true);

  private final String architecture;
  private final boolean fusedQkv;
  private final boolean headNorms;
  private final boolean normalizedHead;

  ModelFamily(String architecture, boolean fusedQkv, boolean headNorms, boolean normalizedHead) {
    this.architecture = architecture;
    this.fusedQkv = fusedQkv;
    this.headNorms = headNorms;
    this.normalizedHead = normalizedHead;
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

  /** The family of a {@code config.json}'s architecture. */
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
