package io.millrace.api.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.tenant.Tenant;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.kafka.WorkerLoad;
import io.millrace.protocol.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionQueueTest {
  private static final Tenant A = Tenant.unlimited("a");
  private static final Tenant B = Tenant.unlimited("b");
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  /** One slot, and so two requests that may wait in Kafka. */
  private final AdmissionQueue admissionQueue =
      new AdmissionQueue(true, 1000, model -> new WorkerLoad(1, 0, NOW), System::nanoTime);

  private final List<String> in = new ArrayList<>();

  @AfterEach
  void close() {
    admissionQueue.close();
  }

  @Test
  void request_waitsUntilAnotherBegins() {
    AdmissionQueue.Ticket first = enter("1", A, 0, true, 10);
    enter("2", A, 0, true, 10);
    enter("3", A, 0, true, 10);
    assertThat(in).containsExactly("1", "2");
    assertThat(admissionQueue.numWaiting(A)).isEqualTo(1);

    first.started();

    assertThat(in).containsExactly("1", "2", "3");
    assertThat(admissionQueue.numWaiting("m")).isZero();
  }

  @Test
  void moreUrgentOne_overtakes() {
    AdmissionQueue.Ticket first = enter("1", A, 0, true, 10);
    enter("2", A, 0, true, 10);
    enter("patient", A, 1, true, 10);
    enter("urgent", A, -1, true, 10);

    first.started();
    first.leave(10);

    assertThat(in).containsExactly("1", "2", "urgent");
  }

  @Test
  void requestThatLeaves_makesRoom_whereverItIs() {
    AdmissionQueue.Ticket first = enter("1", A, 0, true, 10);
    enter("2", A, 0, true, 10);
    AdmissionQueue.Ticket third = enter("3", A, 0, true, 10);
    enter("4", A, 0, true, 10);

    third.leave(0);
    first.leave(0);
    first.leave(0);

    assertThat(in).containsExactly("1", "2", "4");
    assertThat(third.isAdmitted()).isTrue();
  }

  @Test
  void idleCapacity_isNotWaitedForHere() {
    enter("1", A, 0, true, 10);
    enter("2", A, 0, true, 10);
    enter("idle", A, 0, false, 10);
    assertThat(in).contains("idle");
  }

  @Test
  void roomThatIsNotKept_letsAllThrough() {
    try (AdmissionQueue open =
        new AdmissionQueue(false, 0, model -> WorkerLoad.NONE, System::nanoTime)) {
      for (int i = 0; i < 100; i++) {
        assertThat(open.enter(new AdmissionRequest(A, "m", 0, true, 1, 10)).isAdmitted()).isTrue();
      }
      assertThat(open.numWaiting("m")).isZero();
    }
  }

  @Test
  void promptsThatWait_areBounded() {
    enter("1", A, 0, true, 10);
    enter("2", A, 0, true, 10);
    enter("3", A, 0, true, 900);
    assertThatThrownBy(() -> enter("4", A, 0, true, 101))
        .isInstanceOf(RequestFailed.class)
        .hasMessageContaining("900 characters");
    enter("5", A, 0, true, 100);
  }

  @Test
  void place_isMadeAtTheCostOfWhoeverHasMostWaiting() {
    enter("1", A, 0, true, 10);
    enter("2", A, 0, true, 10);
    List<Throwable> failures = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      admissionQueue
          .enter(new AdmissionRequest(A, "m", 0, true, 1, 10))
          .admitted()
          .subscribe(it -> {}, failures::add);
    }

    assertThat(admissionQueue.makeRoom("m", A)).isFalse();
    assertThat(admissionQueue.makeRoom("m", B)).isTrue();

    assertThat(failures).singleElement().isInstanceOf(RequestFailed.class);
    assertThat(admissionQueue.numWaiting(A)).isEqualTo(2);
  }

  @Test
  void estimate_isWhatGoesBefore_byTheRateOfTheWorkers() {
    WorkerDirectory workers = new WorkerDirectory(() -> NOW);
    WaitEstimate estimate = new WaitEstimate(workers, admissionQueue, model -> 12, model -> 0);
    Admission admission = new Admission(estimate, Duration.ofSeconds(30));
    assertThat(estimate.of("m", A)).isEmpty();
    admission.check("m", A, Duration.ofSeconds(1));
    assertThat(admission.ifUnserved("m")).isEqualTo(", as no worker serves \"m\" now");

    // Two slots, ten seconds a request: one ends every five seconds.
    workers.update("w", state(2, 2, 10, 100_000), NOW);

    assertThat(estimate.of("m", A)).contains(Duration.ofSeconds(55));
    assertThat(admission.ifUnserved("m")).isEmpty();
    assertThatThrownBy(() -> admission.check("m", A, Duration.ofMinutes(1)))
        .isInstanceOfSatisfying(
            RequestFailed.class,
            e -> {
              assertThat(e.code()).isEqualTo("overloaded");
              assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(25));
            })
        .hasMessage(
            "the request would wait 55 s for a worker, longer than the 30 s that it may; try again"
                + " in 25 s");
    new Admission(estimate, null).check("m", A, Duration.ofMinutes(1));
  }

  private static WorkerState state(int slots, int running, long ended, long heldMillis) {
    return new WorkerState(
        "w", "m", slots, running, 0, 0, "cpu", 100, 100, 0, ended, heldMillis, 1, NOW);
  }

  private AdmissionQueue.Ticket enter(
      String name, Tenant tenant, long rank, boolean waits, long characters) {
    AdmissionQueue.Ticket ticket =
        admissionQueue.enter(new AdmissionRequest(tenant, "m", rank, waits, 1, characters));
    ticket.admitted().subscribe(nothing -> {}, e -> {}, () -> in.add(name));
    return ticket;
  }
}
