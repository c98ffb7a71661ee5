package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.junit.jupiter.api.Test;

final class SlotTest {
  private final FakeShareConsumer consumer = new FakeShareConsumer();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final IntakeMetrics metrics = new IntakeMetrics(meters, Tags.empty());
  private final PollGate gate = new PollGate(1, 0, 0, 1, 1, Duration.ZERO, System::nanoTime);
  private final List<Long> received = new ArrayList<>();
  private int made;
  private int connected;

  @Test
  void slot_holdsOneLeaseAfterAnother() {
    queue(0, 1, 2);

    run(
        delivery -> {
          received.add(delivery.id().offset());
          closeGateAfter(3);
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(received).containsExactly(0L, 1L, 2L);
    assertThat(consumer.committed)
        .containsExactly(AcknowledgeType.ACCEPT, AcknowledgeType.ACCEPT, AcknowledgeType.ACCEPT);
    assertThat(consumer.closed).isTrue();
    assertThat(made).isEqualTo(1);
    assertThat(gate.held()).isZero();
    assertThat(gate.polling()).isZero();
  }

  @Test
  void slot_saysWhichRequestsCameOverANewConnection() {
    queue(0, 1, 2, 3);
    List<Integer> connectedBefore = new ArrayList<>();

    run(
        delivery -> {
          connectedBefore.add(connected);
          consumer.connections += delivery.id().offset() == 1 ? 1 : 0;
          received.add(delivery.id().offset());
          closeGateAfter(4);
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(connectedBefore).containsExactly(1, 1, 2, 2);
  }

  @Test
  void slot_renewsItsLeaseUntilTheOutcomeIsThere() {
    queue(7);
    consumer.lockMillis = 3;
    CompletableFuture<AcknowledgeType> outcome = new CompletableFuture<>();

    Thread finisher =
        new Thread(
            () -> {
              while (count("millrace.lease.renewals") < 3) {
                Thread.onSpinWait();
              }
              gate.close();
              outcome.complete(AcknowledgeType.RELEASE);
            });
    finisher.start();
    run(delivery -> new LeasedTask(outcome, () -> received.add(-1L)));

    assertThat(consumer.committed)
        .startsWith(AcknowledgeType.RENEW, AcknowledgeType.RENEW, AcknowledgeType.RENEW)
        .endsWith(AcknowledgeType.RELEASE);
    assertThat(received).isEmpty();
  }

  @Test
  void slot_saysThatItsLeaseIsLost_andBeginsAnew() {
    queue(0, 1);
    consumer.lockMillis = 3;
    consumer.commitErrors.add(new InvalidRecordStateException("the lock has expired"));
    run(
        delivery -> {
          if (delivery.id().offset() == 0) {
            return new LeasedTask(new CompletableFuture<>(), () -> received.add(-1L));
          }
          received.add(delivery.id().offset());
          gate.close();
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(received).containsExactly(-1L, 1L);
    assertThat(count("millrace.lease.losses")).isEqualTo(1);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void slot_beginsAnewWithAnotherConsumerAfterAFailure() {
    queue(0, 1);
    run(
        delivery -> {
          received.add(delivery.id().offset());
          if (delivery.id().offset() == 0) {
            throw new IllegalStateException("a defect");
          }
          gate.close();
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(received).containsExactly(0L, 1L);
    assertThat(made).isEqualTo(2);
    assertThat(gate.held()).isZero();
  }

  @Test
  void settle_thatComesTooLate_isNoFailure() {
    queue(0, 1);
    consumer.commitErrors.add(new DisconnectException());
    run(
        delivery -> {
          received.add(delivery.id().offset());
          closeGateAfter(2);
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(consumer.committed).containsExactly(AcknowledgeType.ACCEPT);
    assertThat(made).isEqualTo(1);
  }

  @Test
  void slot_givesBackWhatComesWhileTheGateIsSuspended() {
    queue(0, 1);
    consumer.onPoll = gate::suspend;
    consumer.onClose =
        () -> {
          consumer.onPoll = () -> {};
          gate.resume();
        };
    run(
        delivery -> {
          received.add(delivery.id().offset());
          gate.close();
          return done(AcknowledgeType.ACCEPT);
        });

    assertThat(received).containsExactly(1L);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void wake_endsAPollInVain() throws Exception {
    Slot slot = slot(delivery -> done(AcknowledgeType.ACCEPT));
    Thread thread = new Thread(slot);
    thread.start();
    awaitState(thread, Thread.State.WAITING);

    gate.close();
    slot.wake();
    thread.join();

    assertThat(consumer.closed).isTrue();
    assertThat(gate.polling()).isZero();
  }

  @Test
  void wakeIfVain_beginsAnewWhenNothingIsFetchedAnyMore() throws Exception {
    Slot slot =
        slot(
            delivery -> {
              received.add(delivery.id().offset());
              gate.close();
              return done(AcknowledgeType.ACCEPT);
            });
    Thread thread = new Thread(slot);
    thread.start();
    awaitState(thread, Thread.State.WAITING);
    for (int look = 0; look < 5; look++) {
      // It has not joined its group yet.
      slot.wakeIfVain();
    }
    for (int look = 0; look < 5; look++) {
      consumer.fetchTotal++;
      slot.wakeIfVain();
    }
    assertThat(consumer.closed).isFalse();
    consumer.onClose = () -> queue(7);

    slot.wakeIfVain();
    assertThat(consumer.closed).isFalse();
    slot.wakeIfVain();
    thread.join();

    assertThat(received).containsExactly(7L);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void consumerThatKeepsALargeRecordWhileNothingComes_isClosed() throws Exception {
    consumer.queue.add(
        new ConsumerRecord<>("requests", 0, 6, "key", new byte[FetchProgress.LARGE]));
    Slot slot =
        slot(
            delivery -> {
              received.add(delivery.id().offset());
              closeGateAfter(2);
              return done(AcknowledgeType.ACCEPT);
            });
    Thread thread = new Thread(slot);
    thread.start();
    awaitState(thread, Thread.State.WAITING);
    for (int look = 1; look < FetchProgress.IDLE_LOOKS; look++) {
      consumer.fetchTotal++;
      slot.wakeIfVain();
    }
    assertThat(consumer.closed).isFalse();
    consumer.onClose = () -> queue(7);

    consumer.fetchTotal++;
    slot.wakeIfVain();
    thread.join();

    assertThat(received).containsExactly(6L, 7L);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void slot_givesBackWhatComesAfterItWasWoken() {
    queue(0, 1);
    Slot[] slot = new Slot[1];
    consumer.fetchTotal = 1;
    consumer.onPoll =
        () -> {
          consumer.onPoll = () -> {};
          slot[0].wakeIfVain();
          slot[0].wakeIfVain();
        };
    slot[0] =
        slot(
            delivery -> {
              received.add(delivery.id().offset());
              gate.close();
              return done(AcknowledgeType.ACCEPT);
            });
    slot[0].run();

    assertThat(received).containsExactly(1L);
    assertThat(made).isEqualTo(2);
  }

  private double count(String meter) {
    return meters.get(meter).counter().count();
  }

  private static void awaitState(Thread thread, Thread.State state) {
    while (thread.getState() != state) {
      Thread.onSpinWait();
    }
  }

  private void run(Function<Delivery, LeasedTask> handler) {
    slot(handler).run();
  }

  private Slot slot(Function<Delivery, LeasedTask> handler) {
    return new Slot(
        0,
        RequestClass.INTERACTIVE,
        "requests",
        this::connect,
        gate,
        new SlotHealth(metrics, System::nanoTime),
        () -> connected++,
        handler);
  }

  /** Another connection to the same queue: what the last one held is not given again here. */
  private FakeShareConsumer connect() {
    made++;
    consumer.reconnect();
    return consumer;
  }

  private void closeGateAfter(int count) {
    if (received.size() == count) {
      gate.close();
    }
  }

  private static LeasedTask done(AcknowledgeType outcome) {
    return LeasedTask.of(CompletableFuture.completedFuture(outcome));
  }

  private void queue(long... offsets) {
    for (long offset : offsets) {
      consumer.queue.add(new ConsumerRecord<>("requests", 0, offset, "key", new byte[0]));
    }
  }
}
