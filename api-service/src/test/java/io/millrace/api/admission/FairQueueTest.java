package io.millrace.api.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.tenant.Tenant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {
  private static final Tenant HEAVY = new Tenant("heavy", 3, null, null, null, null);
  private static final Tenant LIGHT = Tenant.unlimited("light");

  private final FairQueue<String> queue = new FairQueue<>();
  private long number;

  @Test
  void turns_goByWeight() {
    for (int i = 0; i < 100; i++) {
      add(HEAVY, 0, 1);
      add(LIGHT, 0, 1);
    }
    assertThat(turns(40)).filteredOn("heavy"::equals).hasSize(30);
  }

  @Test
  void turns_goByCost() {
    Tenant other = Tenant.unlimited("other");
    for (int i = 0; i < 100; i++) {
      add(LIGHT, 0, 1);
      add(other, 0, 4);
    }
    assertThat(turns(50)).filteredOn("light"::equals).hasSize(40);
  }

  @Test
  void whoeverAsksForLittle_isNotBehindWhoeverAsksForMuch() {
    for (int i = 0; i < 1000; i++) {
      add(HEAVY, 0, 1);
    }
    turns(500);
    add(LIGHT, 0, 1);
    assertThat(turns(2)).contains("light");
  }

  @Test
  void whoeverHasNotAsked_savesNoTurnsUp() {
    Tenant other = Tenant.unlimited("other");
    for (int i = 0; i < 100; i++) {
      add(LIGHT, 0, 1);
    }
    turns(50);
    for (int i = 0; i < 100; i++) {
      add(other, 0, 1);
    }
    assertThat(turns(20)).filteredOn("light"::equals).hasSize(10);
  }

  @Test
  void costThatWasMore_isPaidForLater() {
    Tenant other = Tenant.unlimited("other");
    for (int i = 0; i < 100; i++) {
      add(LIGHT, 0, 1);
      add(other, 0, 1);
    }
    turns(2);
    queue.correct(LIGHT, 10);
    assertThat(turns(10)).containsOnly("other");
  }

  @Test
  void ofOneTenant_theMostUrgentGoesFirst_thenWhoeverCameFirst() {
    QueueEntry<String> late = add(LIGHT, 5, 1);
    QueueEntry<String> first = add(LIGHT, 0, 1);
    QueueEntry<String> second = add(LIGHT, 0, 1);
    assertThat(queue.poll(tenant -> true)).contains(first);
    assertThat(queue.poll(tenant -> true)).contains(second);
    assertThat(queue.poll(tenant -> false)).isEmpty();
    assertThat(queue.poll(tenant -> true)).contains(late);
    assertThat(queue.poll(tenant -> true)).isEmpty();
  }

  @Test
  void place_canBeGivenUp() {
    QueueEntry<String> entry = add(LIGHT, 0, 1);
    assertThat(queue.remove(entry)).isTrue();
    assertThat(queue.remove(entry)).isFalse();
    assertThat(queue.size()).isZero();
  }

  @Test
  void fullQueue_losesTheLastOfWhoeverHasMostForItsWeight() {
    add(LIGHT, 0, 1);
    add(LIGHT, 0, 1);
    QueueEntry<String> last = add(LIGHT, 9, 1);
    add(HEAVY, 0, 1);

    assertThat(queue.evictFor(LIGHT)).isEmpty();
    assertThat(queue.evictFor(HEAVY)).contains(last);
    assertThat(queue.size(LIGHT)).isEqualTo(2);
    assertThat(queue.weights(LIGHT)).isEqualTo(4);
  }

  private QueueEntry<String> add(Tenant tenant, long rank, double cost) {
    QueueEntry<String> entry = new QueueEntry<>(tenant, rank, number++, cost, tenant.name());
    queue.add(entry);
    return entry;
  }

  private List<String> turns(int count) {
    List<String> turns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      turns.add(queue.poll(tenant -> true).orElseThrow().element());
    }
    return turns;
  }
}
