package io.millrace.engine.decoder.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.schedule.BlockCopy;
import io.millrace.testing.TinyCheckpoint;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CudaKvCacheTest {
  private static final int BLOCKS = 5;
  private static final int BLOCK_SIZE = 8;

  /** Numbers of a block: two key heads of 16, padded to 32. */
  private static final int BLOCK = 2 * 32 * BLOCK_SIZE;

  private KernelBench bench;
  private CudaKvCache cache;
  private ModelSpec spec;

  @BeforeEach
  void fill() {
    bench = new KernelBench(NumberType.BFLOAT16, 16);
    spec = ModelSpec.of(TinyCheckpoint.llama().config());
    cache = new CudaKvCache(bench.device(), NumberType.BFLOAT16, spec, BLOCKS, BLOCK_SIZE);
    for (int layer = 0; layer < spec.layers(); layer++) {
      fill(cache.keys(layer), 10 * layer);
      fill(cache.values(layer), 100 + 10 * layer);
    }
  }

  @AfterEach
  void close() {
    if (bench != null) {
      bench.close();
    }
  }

  @Test
  void copy_copiesKeysAndValuesOfAllLayers() {
    cache.copy(List.of(new BlockCopy(1, 3), new BlockCopy(2, 0)));
    assertBlocks(2, 1, 2, 1, 4);
  }

  /** Every source is read as it was before the call. */
  @Test
  void copy_isDoneAsIfAllAtOnce() {
    cache.copy(List.of(new BlockCopy(0, 1), new BlockCopy(1, 2), new BlockCopy(2, 0)));
    assertBlocks(2, 0, 1, 3, 4);
  }

  @Test
  void copy_ofNothing_asksForNothing() {
    int before = bench.device().launches();
    cache.copy(List.of());
    assertThat(bench.device().launches()).isEqualTo(before);
  }

  private void fill(long plane, int first) {
    float[] numbers = new float[BLOCKS * BLOCK];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = first + i / BLOCK;
    }
    long filled = bench.numbers(numbers);
    ByteBuffer bytes = ByteBuffer.allocateDirect(numbers.length * Short.BYTES);
    bench.device().download(bytes, filled);
    bench.device().upload(plane, bytes);
  }

  private void assertBlocks(int... sources) {
    for (int layer = 0; layer < spec.layers(); layer++) {
      assertPlane(cache.keys(layer), 10 * layer, sources);
      assertPlane(cache.values(layer), 100 + 10 * layer, sources);
    }
  }

  private void assertPlane(long plane, int first, int... sources) {
    float[] found = bench.readNumbers(plane, BLOCKS * BLOCK);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isEqualTo(first + sources[i / BLOCK]);
    }
  }
}
