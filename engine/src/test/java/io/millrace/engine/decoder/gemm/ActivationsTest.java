package io.millrace.engine.decoder.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Rows of any width, and as many as are asked for, have room. */
final class ActivationsTest {
  private static final int LINE = 64;

  private final Gemm gemm = new PlainGemm();

  /** Where the system's memory happens to begin must not matter, so there are many. */
  @Test
  void aligned_isAtALinesBeginAndHasSoManyBytes() {
    for (int bytes = 2; bytes < 1000; bytes += 2) {
      ByteBuffer memory = Activations.aligned(bytes);
      assertThat(gemm.address(memory) % LINE).isZero();
      assertThat(memory.capacity()).as("of %d", bytes).isGreaterThanOrEqualTo(bytes);
    }
  }

  @Test
  void put_takesTheLastRow() {
    for (int width = 2; width < 100; width += 2) {
      Activations activations = new Activations(gemm, Activations.spread(width));
      int[] line = new int[activations.stride() / 2];
      for (int rows = 1; rows < 20; rows++) {
        int last = rows - 1;
        activations.reserve(rows);
        assertThatCode(() -> activations.put(last, 0, line, line.length))
            .doesNotThrowAnyException();
      }
    }
  }
}
