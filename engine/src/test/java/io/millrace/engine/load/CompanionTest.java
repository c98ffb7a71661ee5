package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.model.ModelSpec;
import io.millrace.testing.TinyCheckpoint;
import org.junit.jupiter.api.Test;

final class CompanionTest {
  private static final TinyCheckpoint TARGET = TinyCheckpoint.llama().withLayers(9);

  private final ModelSpec target = ModelSpec.of(TARGET.config());

  /** Three layers beside nine, alike in all else. */
  private final Companion draft =
      new Companion(ModelSpec.of(TARGET.withLayers(3).config()), 1_000_000);

  @Test
  void caches_holdEquallyManyTokens() {
    long bytes = 12 << 20;
    long own = draft.shareOf(target, bytes);
    assertThat(own).isEqualTo(9 << 20);
    long tokens = own / (2L * 9 * 2 * 16 * Float.BYTES);
    assertThat(draft.cacheBytes(tokens)).isEqualTo(bytes - own);
  }
}
