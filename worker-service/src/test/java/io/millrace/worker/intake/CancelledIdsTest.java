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
  void recent_forgetsTheOldest() {
    Recent<Integer, String> recent = new Recent<>(2);
    recent.put(1, "one");
    recent.put(2, "two");
    recent.put(1, "one again");
    recent.put(3, "three");

    assertThat(recent.get(2)).isNull();
    assertThat(recent.get(1)).isEqualTo("one again");
    assertThat(recent.get(3)).isEqualTo("three");
  }
}
