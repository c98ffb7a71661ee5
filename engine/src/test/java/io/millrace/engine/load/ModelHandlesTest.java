package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.engine.HandleWatch;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model takes of native memory goes with it. */
final class ModelHandlesTest {
  private static Path folder;

  @BeforeAll
  static void write(@TempDir Path temporary) throws IOException {
    folder = TinyCheckpoint.llama().writeTo(temporary);
  }

  /** Kernels are tried out on packed weights, which must not stay either. */
  @ParameterizedTest
  @CsvSource({"FP32, NONE", "BF16, NONE", "AUTO, NONE", "AUTO, INT8", "AUTO, INT4"})
  void closedModel_leavesNoHandle(Precision precision, Quantization quantization)
      throws IOException {
    try (HandleWatch handles = HandleWatch.start()) {
      load(folder, precision, quantization).close();
      assertThat(handles.places()).isEmpty();
    }
  }

  @Test
  void checkpointThatLacksATensor_leavesNoHandle(@TempDir Path lacking) throws IOException {
    TinyCheckpoint.llama().writeTo(lacking);
    TinyCheckpoint.llama().withLayers(3).writeAllButWeights(lacking);
    try (HandleWatch handles = HandleWatch.start()) {
      assertThatThrownBy(() -> load(lacking, Precision.AUTO, Quantization.NONE))
          .isInstanceOf(UnsupportedModel.class)
          .hasMessageContaining("model.layers.2.");
      assertThat(handles.places()).isEmpty();
    }
  }

  private static LanguageModel load(Path from, Precision precision, Quantization quantization)
      throws IOException {
    return TinyModels.load(from, precision, quantization, 4);
  }
}
