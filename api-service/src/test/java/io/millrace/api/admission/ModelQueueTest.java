package io.millrace.api.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.tenant.Tenant;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ModelQueueTest {
  private static final Tenant FLOOD = Tenant.unlimited("flood");
  private static final Tenant CALM = Tenant.unlimited("calm");
  private static final int SLOTS = 8;

  private final AtomicLong nanos = new AtomicLong();
  private final ModelQueue<String> queue = new ModelQueue<>(nanos::get);
  private long number;

  @Test
  void lane_letsInWhatWorkersHaveSlotsFor_andAFewMore() {
    arrive(FLOOD, 20);
    assertThat(letIn()).hasSize(SLOTS);

    for (int i = 0; i < SLOTS; i++) {
      queue.started();
    }
    assertThat(letIn()).hasSize(3);
    assertThat(queue.size()).isEqualTo(20 - SLOTS - 3);
    queue.left(FLOOD, true, 0);
    assertThat(letIn()).isEmpty();
    queue.started();
    assertThat(letIn()).hasSize(1);
  }

  @Test
  void withoutWorkers_aFewGoOnToKafka() {
    arrive(FLOOD, 20);
    List<String> in = new ArrayList<>();
    for (Optional<QueueEntry<String>> next = queue.next(0);
        next.isPresent();
        next = queue.next(0)) {
      in.add(next.get().element());
    }
    assertThat(in).hasSize(2);
  }

  @Test
  void whoeverHasItsShare_leavesASlotForOneThatAskedLately() {
    arrive(CALM, 1);
    letIn();
    queue.left(CALM, false, 0);
    arrive(FLOOD, 20);

    assertThat(letIn()).hasSize(SLOTS - 1).containsOnly("flood");
    arrive(CALM, 1);
    assertThat(letIn()).containsExactly("calm");
  }

  @Test
  void whoeverAsksNoMore_isNotWaitedForLong() {
    arrive(CALM, 1);
    letIn();
    queue.left(CALM, false, 0);
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    arrive(FLOOD, 20);

    assertThat(letIn()).hasSize(SLOTS);
  }

  @Test
  void before_isByTurns() {
    arrive(FLOOD, 100);
    assertThat(queue.before(CALM)).isZero();
    arrive(CALM, 3);
    assertThat(queue.before(CALM)).isEqualTo(6);
    assertThat(queue.before(FLOOD)).isEqualTo(103);
  }

  /**
   * A flood of ten times what the slots can do beside one that asks for a tenth of it, in simulated
   * time: nearly all of its requests begin at once.
   */
  @Test
  void calmTenant_hardlyWaits_whateverTheOtherAsksFor() {
    List<Long> waits =
        simulate(Duration.ofMillis(800), Duration.ofMillis(10), Duration.ofSeconds(1));
    waits.sort(Comparator.naturalOrder());

    assertThat(waits.size()).isGreaterThan(100);
    assertThat(waits.get(waits.size() * 99 / 100)).isZero();
  }

  /** Both ask for more than there is: each has half. */
  @Test
  void twoFloods_haveHalfEach() {
    List<Long> waits =
        simulate(Duration.ofMillis(20), Duration.ofMillis(10), Duration.ofSeconds(1));
    assertThat(waits.size()).isBetween(380, 420);
  }

  /** How long the calm tenant's requests that began within 100 s waited, in ms. */
  private List<Long> simulate(Duration calmEvery, Duration floodEvery, Duration service) {
    List<Long> waits = new ArrayList<>();
    Deque<Long> calmArrivals = new ArrayDeque<>();
    PriorityQueue<Running> running = new PriorityQueue<>(Comparator.comparingLong(Running::end));
    for (long millis = 0; millis < 100_000; millis += 5) {
      nanos.set(Duration.ofMillis(millis).toNanos());
      while (!running.isEmpty() && running.peek().end() <= millis) {
        queue.left(running.poll().tenant(), true, 0);
      }
      if (millis % floodEvery.toMillis() == 0) {
        arrive(FLOOD, 1);
      }
      if (millis % calmEvery.toMillis() == 0) {
        arrive(CALM, 1);
        calmArrivals.add(millis);
      }
      while (running.size() < SLOTS) {
        Optional<QueueEntry<String>> next = queue.next(SLOTS);
        if (next.isEmpty()) {
          break;
        }
        queue.started();
        running.add(new Running(next.get().tenant(), millis + service.toMillis()));
        if (next.get().tenant().equals(CALM)) {
          waits.add(millis - calmArrivals.remove());
        }
      }
    }
    return waits;
  }

  private record Running(Tenant tenant, long end) {}

  private void arrive(Tenant tenant, int count) {
    for (int i = 0; i < count; i++) {
      queue.arrive(new QueueEntry<>(tenant, 0, number++, 1, tenant.name()));
    }
  }

  private List<String> letIn() {
    List<String> in = new ArrayList<>();
    for (Optional<QueueEntry<String>> next = queue.next(SLOTS);
        next.isPresent();
        next = queue.next(SLOTS)) {
      in.add(next.get().element());
    }
    return in;
  }
}
