package io.millrace.engine.load;

import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.models.weights.Checkpoint;
import java.nio.file.Path;

/** Loads checkpoints that are small enough for one thread: 16 sequences of 128 tokens at most. */
public final class TinyModels {
  private TinyModels() {}

  /** In float32. */
  public static LanguageModel load(Path folder, int blockSize) {
    return load(folder, Precision.FP32, Quantization.NONE, blockSize);
  }

  /** In any precision. */
  public static LanguageModel load(
      Path folder, Precision precision, Quantization quantization, int blockSize) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      ModelSettings settings =
          new ModelSettings(
              precision, quantization, "cpu", null, null, 1, blockSize, 16, 128, null);
      return ModelLoader.load(settings, checkpoint, done -> {});
    }
  }
}
