package io.millrace.api.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.WorkerLoad;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlotCountTest {
  private final SlotCount slots = new SlotCount();
  private int words;

  @Test
  void slotsThatOthersUse_areNotCounted_onceTwoWordsSaySo() {
    assertThat(slots.of(word(8, 5), 2)).isEqualTo(8);
    assertThat(slots.of(word(8, 6), 2)).isEqualTo(5);
    assertThat(slots.of(word(8, 2), 2)).isEqualTo(8);
  }

  @Test
  void ownRequestsThatEndMeanwhile_areNotTakenForThoseOfOthers() {
    slots.of(word(8, 6), 6);
    WorkerLoad same = word(8, 6);
    assertThat(slots.of(same, 6)).isEqualTo(8);
    assertThat(slots.of(same, 0)).isEqualTo(8);
  }

  @Test
  void withoutWorkers_thereAreNone() {
    assertThat(slots.of(WorkerLoad.NONE, 3)).isZero();
  }

  private WorkerLoad word(int all, int running) {
    return new WorkerLoad(all, running, Instant.ofEpochSecond(++words));
  }
}
