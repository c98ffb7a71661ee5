package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

final class CancelledIdsTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final CancelledIds cancelled = new CancelledIds();

  @Test
  void reason_countsForWhatWasAskedBefore() {
    cancelled.add("a", NOON, "gone");

    assertThat(cancelled.reason("a", NOON.minusSeconds(1))).isEqualTo("gone");
    assertThat(cancelled.reason("a", NOON)).isEqualTo("gone");
    assertThat(cancelled.reason("a", NOON.plusSeconds(1))).isNull();
    assertThat(cancelled.reason("b", NOON.minusSeconds(1))).isNull();
  }

  @Test
  void evictingMap_forgetsTheOldest() {
    EvictingMap<Integer, String> map = new EvictingMap<>(2);
    map.put(1, "one");
    map.put(2, "two");
    map.put(1, "one again");
    map.put(3, "three");

    assertThat(map.get(2)).isNull();
    assertThat(map.get(1)).isEqualTo("one again");
    assertThat(map.get(3)).isEqualTo("three");
  }
}
