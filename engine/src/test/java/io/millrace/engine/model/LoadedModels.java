package io.millrace.engine.model;

import static org.junit.jupiter.api.Assumptions.abort;

import io.millrace.models.weights.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Models with room for a {@link DecodingTrial}'s sequences. */
final class LoadedModels implements AutoCloseable {
  private final int blockSize;
  private final List<LanguageModel> models = new ArrayList<>();

  LoadedModels(int blockSize) {
    this.blockSize = blockSize;
  }

  /** Loads one, and skips the test if this machine cannot run it. */
  LanguageModel load(
      Path folder,
      Precision precision,
      Quantization quantization,
      @Nullable Kernel kernel,
      int maxVectorRows) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      LanguageModel model =
          new ModelLoader(
                  precision,
                  quantization,
                  "cpu",
                  kernel,
                  maxVectorRows,
                  2,
                  blockSize,
                  DecodingTrial.SEQUENCES,
                  128,
                  null)
              .load(checkpoint, done -> {});
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
