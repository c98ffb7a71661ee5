package io.millrace.engine.decoder.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.decoder.CacheLayout;
import io.millrace.engine.decoder.LayerCache;
import io.millrace.engine.decoder.vector.TransposedCache;
import io.millrace.engine.model.ModelSpec;
import io.millrace.testing.TinyCheckpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TorchKvCacheTest {
  private static final int BLOCKS = 40;
  private static final int BLOCK_SIZE = 16;
  private static final ModelSpec SPEC = ModelSpec.of(TinyCheckpoint.llama().config());

  private static CpuTorch torch;

  private final List<ByteBuffer> memory = new ArrayList<>();

  @BeforeAll
  static void load() {
    torch = CpuTorch.load();
  }

  @AfterAll
  static void close() {
    torch.close();
  }

  /** Memory that others have used before has anything in it, and so has that of blocks not held. */
  @ParameterizedTest
  @EnumSource(
      value = CacheLayout.class,
      names = {"TRANSPOSED", "TRANSPOSED_NARROW_VALUES", "PAIRED"})
  void hold_hasZerosInTheBlocksThatItAdds(CacheLayout layout) {
    try (TorchKvCache cache = cache(layout)) {
      memory.forEach(buffer -> fill(buffer, 0, buffer.capacity()));
      cache.hold(1);
      memory.forEach(buffer -> assertThat(zeros(buffer)).isGreaterThanOrEqualTo(bytes(buffer, 1)));

      memory.forEach(buffer -> fill(buffer, 0, bytes(buffer, 1)));
      cache.hold(20);
      memory.forEach(
          buffer -> {
            assertThat(buffer.get(0)).as("of a block that was held before").isEqualTo((byte) -1);
            buffer.position(bytes(buffer, 1));
            assertThat(zeros(buffer.slice())).isGreaterThanOrEqualTo(bytes(buffer, 19));
          });
    }
  }

  /** Nothing is moved, so that what was handed out once is right for good. */
  @ParameterizedTest
  @EnumSource(
      value = CacheLayout.class,
      names = {"TRANSPOSED", "PAIRED"})
  void hold_takesAllBlocksAndNoMore(CacheLayout layout) {
    try (TorchKvCache cache = cache(layout)) {
      List<LayerCache> layers = cache.layers();
      cache.hold(BLOCKS);

      assertThat(cache.layers()).isSameAs(layers).hasSize(SPEC.layers());
      memory.forEach(buffer -> assertThat(zeros(buffer)).isEqualTo(bytes(buffer, BLOCKS)));
    }
  }

  private TorchKvCache cache(CacheLayout layout) {
    memory.clear();
    TorchKvCache cache =
        new TorchKvCache(
            torch.manager(),
            torch.program(),
            torch.threads(),
            SPEC,
            layout,
            BLOCKS,
            BLOCK_SIZE,
            (keys, values, kvHeads, blockSize, headDim) -> {
              memory.add(keys);
              memory.add(values);
              return new TransposedCache(keys, values, false, kvHeads, blockSize, headDim);
            });
    cache.layers();
    return cache;
  }

  private static int bytes(ByteBuffer buffer, int blocks) {
    return buffer.capacity() / BLOCKS * blocks;
  }

  private static void fill(ByteBuffer buffer, int from, int to) {
    for (int i = from; i < to; i++) {
      buffer.put(i, (byte) -1);
    }
  }

  /** Zeros at the beginning. */
  private static int zeros(ByteBuffer buffer) {
    int count = 0;
    while (count < buffer.capacity() && buffer.get(count) == 0) {
      count++;
    }
    return count;
  }
}
