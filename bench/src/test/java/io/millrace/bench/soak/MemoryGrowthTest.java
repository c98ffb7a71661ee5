package io.millrace.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GrowthTest {
  private static final long MIB = 1 << 20;

  @Test
  void theFirstHalf_isNotCounted() {
    MemoryGrowth growth = growth(i -> i < 10 ? 50 : 100);
    assertThat(growth.rss()).isZero();
    assertThat(growth.isFlat()).isTrue();
  }

  @Test
  void memoryThatGrowsWithEachRequest_isNotFlat() {
    MemoryGrowth growth = growth(i -> 100 + i);
    assertThat(growth.rss()).isEqualTo(8 * MIB);
    assertThat(growth.requests()).isEqualTo(80);
    assertThat(growth.nativeBytes()).isEqualTo(8 * MIB);
    assertThat(growth.isFlat()).isFalse();
    assertThat(growth)
        .hasToString(
            "growing: over 80 requests RSS has changed by +8.0 MiB (+7.2 %, +104857 bytes a"
                + " request), heap by +0.0 MiB, native by +8.0 MiB");
  }

  @Test
  void memoryThatShrinks_isFlat() {
    assertThat(growth(i -> 100 - i).isFlat()).isTrue();
  }

  private static MemoryGrowth growth(IntToLongFunction rss) {
    List<MemorySample> samples =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    new MemorySample(
                        10 * (i + 1), i, 5, rss.applyAsLong(i) * MIB, 3 * MIB, 4 * MIB, 7))
            .toList();
    return MemoryGrowth.of(samples);
  }
}
