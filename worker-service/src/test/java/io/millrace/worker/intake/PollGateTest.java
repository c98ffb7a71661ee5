package io.millrace.worker.intake;

import static io.millrace.protocol.RequestClass.BATCH;
import static io.millrace.protocol.RequestClass.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PollGateTest {
  private static final Duration WAITED = Duration.ofSeconds(1);

  private final AtomicLong nanos = new AtomicLong();
  private PollGate gate = gate(4, 1, 2, Duration.ZERO);

  @AfterEach
  void closeGate() {
    gate.close();
  }

  @Test
  void enter_givesAsManyTokensAsThereAre() throws Exception {
    assertThat(gate.enter(INTERACTIVE, 0)).isTrue();
    assertThat(gate.enter(INTERACTIVE, 1)).isTrue();
    Entrant third = new Entrant(INTERACTIVE, 2);
    third.awaitWaiting();

    gate.took(INTERACTIVE, 0, WAITED);

    assertThat(third.entered()).isTrue();
    assertThat(gate.held()).isEqualTo(1);
    assertThat(gate.polling()).isEqualTo(2);
  }

  @Test
  void enter_waitsWhileTheGateIsSuspended() throws Exception {
    gate.suspend();
    assertThat(gate.isOpen()).isFalse();
    assertThat(gate.isClosed()).isFalse();
    Entrant first = new Entrant(INTERACTIVE, 0);
    first.awaitWaiting();

    gate.resume();

    assertThat(first.entered()).isTrue();
    assertThat(gate.isOpen()).isTrue();
  }

  @Test
  void tryTake_takesNoMoreThanThereIsRoomFor() throws Exception {
    assertThat(gate.tryTake(BATCH)).isTrue();
    hold(BATCH, 2);

    assertThat(gate.tryTake(BATCH)).isFalse();
    assertThat(gate.tryTake(INTERACTIVE)).isTrue();
    assertThat(gate.tryTake(INTERACTIVE)).isFalse();
    gate.settled(BATCH);
    assertThat(gate.held()).isEqualTo(3);
    assertThat(gate.taken(BATCH)).isEqualTo(3);
    assertThat(gate.polling()).isZero();
    gate.suspend();
    assertThat(gate.tryTake(INTERACTIVE)).isFalse();
  }

  @Test
  void enter_waitsWhileAllSlotsAreInUse() throws Exception {
    hold(INTERACTIVE, 4);
    Entrant fifth = new Entrant(INTERACTIVE, 4);
    fifth.awaitWaiting();

    gate.settled(INTERACTIVE);

    assertThat(fifth.entered()).isTrue();
  }

  @Test
  void enter_countsASlotThatPollsAsIfItHadARequest() throws Exception {
    hold(INTERACTIVE, 3);
    assertThat(gate.enter(INTERACTIVE, 3)).isTrue();
    Entrant other = new Entrant(INTERACTIVE, 4);
    other.awaitWaiting();

    gate.left(INTERACTIVE, 0);

    assertThat(other.entered()).isTrue();
  }

  @Test
  void enter_letsTheLowestNumberGoFirst() throws Exception {
    hold(INTERACTIVE, 4);
    Entrant high = new Entrant(INTERACTIVE, 9);
    high.awaitWaiting();
    Entrant low = new Entrant(INTERACTIVE, 1);
    low.awaitWaiting();

    gate.settled(INTERACTIVE);

    assertThat(low.entered()).isTrue();
    high.awaitWaiting();
    gate.left(INTERACTIVE, 0);
    assertThat(high.entered()).isTrue();
  }

  @Test
  void enter_letsBatchTakeWhatIsFree_whoeverElseAsks() throws Exception {
    hold(INTERACTIVE, 1);
    assertThat(gate.enter(INTERACTIVE, 1)).isTrue();

    assertThat(gate.enter(BATCH, 0)).isTrue();
    gate.took(BATCH, 0, WAITED);
    gate.took(INTERACTIVE, 0, WAITED);

    Entrant third = new Entrant(BATCH, 1);
    third.awaitWaiting();
    assertThat(gate.enter(INTERACTIVE, 2)).isTrue();
    gate.settled(INTERACTIVE);
    assertThat(third.entered()).isTrue();
  }

  @Test
  void enter_keepsReservedSlotsFromBatch() throws Exception {
    hold(BATCH, 3);
    Entrant fourth = new Entrant(BATCH, 3);
    fourth.awaitWaiting();

    gate.settled(BATCH);

    assertThat(fourth.entered()).isTrue();
  }

  @Test
  void batchThatWaits_getsTheNextFreeSlot_evenAReservedOne() throws Exception {
    hold(INTERACTIVE, 4);
    gate.batchWaits(true);
    Entrant interactive = new Entrant(INTERACTIVE, 4);
    interactive.awaitWaiting();
    Entrant batch = new Entrant(BATCH, 0);
    batch.awaitWaiting();

    gate.settled(INTERACTIVE);

    assertThat(batch.entered()).isTrue();
    gate.took(BATCH, 0, WAITED);
    interactive.awaitWaiting();
    gate.settled(INTERACTIVE);
    assertThat(interactive.entered()).isTrue();
  }

  @Test
  void batchThatHasItsShare_getsNoMoreThanIsIdle() throws Exception {
    hold(INTERACTIVE, 2);
    gate.batchWaits(true);
    hold(BATCH, 1);
    Entrant second = new Entrant(BATCH, 1);
    second.awaitWaiting();

    assertThat(gate.enter(INTERACTIVE, 2)).isTrue();
    gate.left(INTERACTIVE, 0);
    gate.settled(INTERACTIVE);
    assertThat(second.entered()).isTrue();
  }

  @Test
  void times_areOfAllRequestsTogether() throws Exception {
    hold(INTERACTIVE, 2);
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
    gate.settled(INTERACTIVE);
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());

    assertThat(gate.times()).isEqualTo(new SlotTimes(1, Duration.ofSeconds(7)));
  }

  @Test
  void enter_givesFewerTokensTheMoreSlotsAreInUse() throws Exception {
    hold(INTERACTIVE, 2);
    assertThat(gate.enter(INTERACTIVE, 2)).isTrue();
    Entrant other = new Entrant(INTERACTIVE, 3);
    other.awaitWaiting();

    gate.settled(INTERACTIVE);

    assertThat(other.entered()).isTrue();
  }

  @Test
  void enter_restsLongerTheMoreSlotsAreInUse() throws Exception {
    gate = gate(4, 0, 2, Duration.ofMillis(4));
    gate.contended(true);
    hold(INTERACTIVE, 1);
    Entrant second = new Entrant(INTERACTIVE, 1);
    second.awaitWaiting();

    nanos.addAndGet(Duration.ofMillis(1).toNanos());

    assertThat(second.entered()).isTrue();
  }

  @Test
  void enter_givesMoreTokensWhileRequestsAreThereAtOnce() throws Exception {
    gate = gate(100, 0, 1, Duration.ZERO);
    assertThat(gate.enter(INTERACTIVE, 0)).isTrue();
    gate.took(INTERACTIVE, 0, Duration.ofMillis(1));
    assertThat(gate.enter(INTERACTIVE, 1)).isTrue();
    assertThat(gate.enter(INTERACTIVE, 2)).isTrue();

    gate.took(INTERACTIVE, 0, WAITED);
    Entrant third = new Entrant(INTERACTIVE, 3);
    third.awaitWaiting();
    gate.left(INTERACTIVE, 0);

    assertThat(third.entered()).isTrue();
  }

  @Test
  void enter_doesNotRestWhileNoOtherWorkerLives() throws Exception {
    gate = gate(4, 0, 2, Duration.ofMillis(4));
    hold(INTERACTIVE, 1);
    assertThat(gate.enter(INTERACTIVE, 1)).isTrue();
  }

  @Test
  void enter_goesOnWithTheNextInLineOnceTheFirstIsIn() throws Exception {
    hold(INTERACTIVE, 4);
    Entrant second = new Entrant(INTERACTIVE, 5);
    second.awaitWaiting();
    Entrant first = new Entrant(INTERACTIVE, 4);
    first.awaitWaiting();

    gate.settled(INTERACTIVE);
    assertThat(first.entered()).isTrue();
    gate.took(INTERACTIVE, 0, WAITED);
    gate.settled(INTERACTIVE);

    assertThat(second.entered()).isTrue();
  }

  @Test
  void slotsOfEachTopic_haveALineOfTheirOwn_alsoForTheLastRoom() throws Exception {
    gate = new PollGate(4, 1, 1, 2, 2, Duration.ZERO, nanos::get);
    for (int slot = 0; slot < 3; slot++) {
      assertThat(gate.enter(INTERACTIVE, slot)).isTrue();
      gate.took(INTERACTIVE, slot, WAITED);
    }

    assertThat(gate.enter(INTERACTIVE, 3)).isTrue();
    assertThat(gate.enter(INTERACTIVE, 4)).isTrue();
    Entrant sameTopic = new Entrant(INTERACTIVE, 6);
    sameTopic.awaitWaiting();
    gate.took(INTERACTIVE, 4, WAITED);
    sameTopic.awaitWaiting();
    gate.left(INTERACTIVE, 3);
    gate.settled(INTERACTIVE);

    assertThat(sameTopic.entered()).isTrue();
    assertThat(gate.held()).isEqualTo(3);
    assertThat(gate.polling()).isEqualTo(1);
  }

  @Test
  void close_sendsAllAway() throws Exception {
    hold(INTERACTIVE, 4);
    Entrant waiting = new Entrant(INTERACTIVE, 4);
    waiting.awaitWaiting();

    gate.close();

    assertThat(waiting.entered()).isFalse();
    assertThat(gate.enter(INTERACTIVE, 0)).isFalse();
    gate.pause(Duration.ofDays(1));
  }

  private PollGate gate(int slots, int reserved, int tokens, Duration fullRest) {
    return new PollGate(slots, reserved, 1, 1, tokens, fullRest, nanos::get);
  }

  private void hold(RequestClass requestClass, int count) throws InterruptedException {
    for (int slot = 0; slot < count; slot++) {
      assertThat(gate.enter(requestClass, slot)).isTrue();
      gate.took(requestClass, 0, WAITED);
    }
  }

  /** A slot at the gate. */
  private final class Entrant {
    private final CompletableFuture<Boolean> entered = new CompletableFuture<>();
    private final Thread thread;

    Entrant(RequestClass requestClass, int slot) {
      thread =
          new Thread(
              () -> {
                try {
                  entered.complete(gate.enter(requestClass, slot));
                } catch (InterruptedException e) {
                  entered.completeExceptionally(e);
                }
              });
      thread.start();
    }

    void awaitWaiting() {
      while (thread.getState() != Thread.State.WAITING
          && thread.getState() != Thread.State.TIMED_WAITING) {
        assertThat(entered).isNotDone();
        Thread.onSpinWait();
      }
    }

    boolean entered() throws Exception {
      return entered.get();
    }
  }
}
