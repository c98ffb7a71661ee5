package io.millrace.worker.intake;

import static io.millrace.protocol.RequestClass.BATCH;
import static io.millrace.protocol.RequestClass.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BacklogHealthTest {
  private static final Duration WAITED = Duration.ofSeconds(1);

  private final Map<RequestClass, Long> queued = new EnumMap<>(Map.of(INTERACTIVE, 0L, BATCH, 0L));
  private final PollGate gate = new PollGate(2, 1, 0, 1, 2, Duration.ZERO, System::nanoTime);
  private int heldByOthers;
  private long nanos;
  private final BacklogHealth health =
      new BacklogHealth(
          gate,
          new Backlog() {
            @Override
            public long of(RequestClass requestClass) {
              return queued.get(requestClass);
            }

            @Override
            public int heldByOthers(RequestClass requestClass) {
              return 0;
            }

            @Override
            public int heldByOthers() {
              return heldByOthers;
            }
          },
          Duration.ofSeconds(60),
          () -> nanos);

  @Test
  void requestsThatNobodyTakes_areAFault_untilOneIsTaken() throws Exception {
    queued.put(INTERACTIVE, 3L);
    look(0, 20, 40, 60);
    assertThat(health.fault()).isEmpty();

    look(61, 81);
    assertThat(health.fault())
        .contains(
            "3 requests wait in class interactive and none was taken for 61 s, longer than"
                + " --backlog-timeout, which is 60 s");

    take(INTERACTIVE);
    look(82);
    assertThat(health.fault()).isEmpty();
  }

  @Test
  void requestsThatOthersHold_areNoFault() {
    queued.put(INTERACTIVE, 3L);
    heldByOthers = 3;
    look(0, 50, 100, 150);

    assertThat(health.fault()).isEmpty();
  }

  @Test
  void requestsThatThereIsNoRoomFor_areNoFault() throws Exception {
    queued.put(BATCH, 5L);
    take(BATCH);
    look(0, 50, 100, 150);
    assertThat(health.fault()).isEmpty();

    gate.settled(BATCH);
    look(200, 250, 300);
    assertThat(health.fault()).hasValueSatisfying(it -> assertThat(it).contains("class batch"));
  }

  @Test
  void emptyQueue_endsTheWait() {
    queued.put(INTERACTIVE, 1L);
    look(0, 50);
    queued.put(INTERACTIVE, 0L);
    look(55);
    queued.put(INTERACTIVE, 1L);
    look(60, 100);

    assertThat(health.fault()).isEmpty();
  }

  private void look(int... seconds) {
    for (int second : seconds) {
      nanos = Duration.ofSeconds(second).toNanos();
      health.look();
    }
  }

  private void take(RequestClass requestClass) throws InterruptedException {
    assertThat(gate.enter(requestClass, 0)).isTrue();
    gate.took(requestClass, 0, WAITED);
  }
}
