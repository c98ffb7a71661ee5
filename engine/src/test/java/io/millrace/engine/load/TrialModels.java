package io.millrace.engine.load;

import static org.junit.jupiter.api.Assumptions.abort;

import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.models.weights.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Models with room for a {@link DecoderTrial}'s sequences. */
final class TrialModels implements AutoCloseable {
  private final int blockSize;
  private final List<LanguageModel> models = new ArrayList<>();

  TrialModels(int blockSize) {
    this.blockSize = blockSize;
  }

  /** Loads one, and skips the test if this machine cannot run it. */
  LanguageModel load(
      Path folder,
      Precision precision,
      Quantization quantization,
      @Nullable Kernel kernel,
      int maxVectorRows) {
    return load(folder, precision, quantization, kernel, maxVectorRows, false);
  }

  /** Loads one that computes every step by one kernel. */
  LanguageModel loadBatchInvariant(Path folder, Precision precision, Quantization quantization) {
    return load(folder, precision, quantization, null, null, true);
  }

  private LanguageModel load(
      Path folder,
      Precision precision,
      Quantization quantization,
      @Nullable Kernel kernel,
      @Nullable Integer maxVectorRows,
      boolean batchInvariant) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      ModelSettings settings =
          new ModelSettings(
              precision,
              quantization,
              "cpu",
              false,
              kernel,
              maxVectorRows,
              batchInvariant,
              2,
              blockSize,
              DecoderTrial.SEQUENCES,
              128,
              null,
              null);
      LanguageModel model = ModelLoader.load(settings, checkpoint, done -> {});
      models.add(model);
      return model;
    } catch (UnsupportedModel e) {
      return abort(e.getMessage());
    }
  }

  @Override
  public void close() {
    models.forEach(LanguageModel::close);
  }
}
