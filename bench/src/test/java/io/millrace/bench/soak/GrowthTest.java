package io.millrace.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GrowthTest {
  private static final long MIB = 1 << 20;

  @Test
  void theFirstTenth_isNotCounted() {
    Growth growth = growth(i -> i < 2 ? 50 : 100);
    assertThat(growth.rss()).isZero();
    assertThat(growth.isFlat()).isTrue();
  }

  @Test
  void memoryThatGrowsWithEachRequest_isNotFlat() {
    Growth growth = growth(i -> 100 + i);
    assertThat(growth.rss()).isEqualTo(16 * MIB);
    assertThat(growth.requests()).isEqualTo(160);
    assertThat(growth.nativeBytes()).isEqualTo(16 * MIB);
    assertThat(growth.isFlat()).isFalse();
    assertThat(growth)
        .hasToString(
            "growing: over 160 requests RSS has changed by +16.0 MiB (+15.6 %, +104857 bytes a"
                + " request), heap by +0.0 MiB, native by +16.0 MiB");
  }

  @Test
  void memoryThatShrinks_isFlat() {
    assertThat(growth(i -> 100 - i).isFlat()).isTrue();
  }

  private static Growth growth(IntToLongFunction rss) {
    List<MemorySample> samples =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    new MemorySample(
                        10 * (i + 1), i, 5, rss.applyAsLong(i) * MIB, 3 * MIB, 4 * MIB, 7))
            .toList();
    return Growth.of(samples);
  }
}
