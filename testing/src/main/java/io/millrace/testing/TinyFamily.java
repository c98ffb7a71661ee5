package io.millrace.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.node.ObjectNode;

/** A {@link TinyCheckpoint} as each family of models has it, with what is special to it. */
public enum TinyFamily {
  LLAMA("LlamaForCausalLM"),
  /** Tokens see a window that is shorter than the sequences of most tests. */
  MISTRAL("MistralForCausalLM"),
  /** Queries, keys and values have biases. */
  QWEN2("Qwen2ForCausalLM"),
  /** Heads are normalized, and three share a key. */
  QWEN3("Qwen3ForCausalLM"),
  /** Query, key and value lie in one tensor, and distance costs (ALiBi). */
  BAICHUAN("BaichuanForCausalLM");

  private static final int WINDOW = 21;

  private final String architecture;

  TinyFamily(String architecture) {
    this.architecture = architecture;
  }

  /** Writes configuration and weights, which is all that a model is loaded from. */
  public Path writeTo(Path folder) throws IOException {
    TinyCheckpoint base = base();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config(base).toPrettyString());
    SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors(base));
    return folder;
  }

  private TinyCheckpoint base() {
    return switch (this) {
      case QWEN3 -> TinyCheckpoint.llama().withWidth(96, 6, 2, 80);
      case BAICHUAN -> TinyCheckpoint.llama().withWidth(64, 4, 4, 128);
      default -> TinyCheckpoint.llama();
    };
  }

  private ObjectNode config(TinyCheckpoint base) {
    ObjectNode config = base.config();
    config.putArray("architectures").add(architecture);
    if (this == MISTRAL) {
      config.put("sliding_window", WINDOW);
    }
    if (this == BAICHUAN) {
      config.remove("max_position_embeddings");
      config.put("model_max_length", base.maxPositions());
    }
    return config;
  }

  private List<TinyTensor> tensors(TinyCheckpoint base) {
    return switch (this) {
      case QWEN2 -> withBiases(base.tensors());
      case QWEN3 -> withHeadNorms(base);
      case BAICHUAN -> withFusedHeads(base.tensors());
      default -> base.tensors();
    };
  }

  private static List<TinyTensor> withBiases(List<TinyTensor> tensors) {
    List<TinyTensor> all = new ArrayList<>(tensors);
    for (TinyTensor tensor : tensors) {
      if (tensor.name().matches(".*self_attn\\.[qkv]_proj\\.weight")) {
        String name = tensor.name().replace(".weight", ".bias");
        all.add(vector(name, (int) tensor.shape()[0], 0, 0.5));
      }
    }
    return all;
  }

  private static List<TinyTensor> withHeadNorms(TinyCheckpoint base) {
    List<TinyTensor> all = new ArrayList<>(base.tensors());
    for (int layer = 0; layer < base.layers(); layer++) {
      String attention = "model.layers." + layer + ".self_attn.";
      all.add(vector(attention + "q_norm.weight", base.headDim(), 1, 0.1));
      all.add(vector(attention + "k_norm.weight", base.headDim(), 1, 0.1));
    }
    return all;
  }

  /** Query, key and value come one after the other. */
  private static List<TinyTensor> withFusedHeads(List<TinyTensor> tensors) {
    List<TinyTensor> all = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      TinyTensor tensor = tensors.get(i);
      if (tensor.name().endsWith("q_proj.weight")) {
        String name = tensor.name().replace("q_proj", "W_pack");
        all.add(stacked(name, tensors.subList(i, i + 3)));
        i += 2;
      } else {
        all.add(tensor);
      }
    }
    return all;
  }

  private static TinyTensor stacked(String name, List<TinyTensor> parts) {
    int each = parts.get(0).values().length;
    float[] values = new float[parts.size() * each];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i).values(), 0, values, i * each, each);
    }
    long[] shape = parts.get(0).shape().clone();
    shape[0] *= parts.size();
    return new TinyTensor(name, shape, values);
  }

  private static TinyTensor vector(String name, int size, double mean, double deviation) {
    Random random = new Random(name.hashCode());
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return new TinyTensor(name, new long[] {size}, values);
  }
}
