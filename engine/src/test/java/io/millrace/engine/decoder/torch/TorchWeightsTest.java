package io.millrace.engine.decoder.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import io.millrace.engine.model.ModelSpec;
import io.millrace.testing.TinyCheckpoint;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TorchWeightsTest {
  private static final int PIECE = 7;

  private static CpuTorch torch;

  @BeforeAll
  static void load() {
    torch = CpuTorch.load();
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  /** The direct memory of a piece, of which a large vocabulary would use up all, is given back. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void embedding_hasCopiesOfAllPieces(boolean narrow) {
    ModelSpec spec = ModelSpec.of(TinyCheckpoint.llama().config());
    TorchWeights.Builder builder =
        new TorchWeights.Builder(spec, null, torch.program(), torch.manager());
    for (int first = 0; first < spec.vocab(); first += PIECE) {
      int count = Math.min(PIECE, spec.vocab() - first);
      float[] rows = new float[count * spec.hidden()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = number(first * spec.hidden() + i);
      }
      Shape shape = new Shape(count, spec.hidden());
      try (PtNDArray piece =
          torch.manager().create(FloatBuffer.wrap(rows), shape, DataType.FLOAT32)) {
        builder.addEmbedding(first, piece, narrow);
      }
    }

    try (TorchWeights weights = builder.build()) {
      int[] tokens = {spec.vocab() - 1, 0, PIECE};
      float[] rows = weights.embedding().rows(tokens);
      for (int i = 0; i < rows.length; i++) {
        int token = tokens[i / spec.hidden()];
        float wanted = number(token * spec.hidden() + i % spec.hidden());
        assertThat(rows[i]).as("number %d of token %d", i % spec.hidden(), token).isEqualTo(wanted);
      }
    }
  }

  /** One that bfloat16 holds, too. */
  private static float number(int place) {
    return (place % 251 - 125) / 64f;
  }
}
