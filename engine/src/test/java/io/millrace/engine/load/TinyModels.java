package io.millrace.engine.load;

import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.models.weights.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Models that are small enough for one thread: 16 sequences of 128 tokens at most. */
public final class TinyModels {
  private TinyModels() {}

  /** Prompts of random tokens, from one that is shorter than a block to one that fills many. */
  static List<int[]> prompts() {
    Random random = new Random(3);
    List<int[]> prompts = new ArrayList<>();
    for (int length : new int[] {1, 2, 5, 17, 33, 64, 90}) {
      prompts.add(random.ints(length, 10, 300).toArray());
    }
    return prompts;
  }

  /** Loads a checkpoint in float32. */
  public static LanguageModel load(Path folder, int blockSize) {
    return load(folder, Precision.FP32, Quantization.NONE, blockSize);
  }

  /** Loads a checkpoint in any precision. */
  public static LanguageModel load(
      Path folder, Precision precision, Quantization quantization, int blockSize) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      ModelSettings settings =
          new ModelSettings(
              precision,
              quantization,
              "cpu",
              false,
              null,
              null,
              false,
              1,
              blockSize,
              16,
              128,
              null,
              null);
      return ModelLoader.load(settings, checkpoint, done -> {});
    }
  }
}
