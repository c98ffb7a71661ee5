package io.millrace.api.admission;

import io.millrace.api.tenant.Tenant;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.kafka.WorkerLoad;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * The estimate of how long a request waits for a worker: how many go before it, by the rate at
 * which the living workers have ended requests.
 */
public final class WaitEstimate {
  private static final Duration LONGEST = Duration.ofDays(1);

  private final WorkerDirectory workers;
  private final AdmissionQueue admissionQueue;
  private final ToLongFunction<String> backlog;
  private final ToIntFunction<String> waiting;

  /**
   * @param backlog requests to a model in Kafka that no worker has ended, whoever sent them
   * @param waiting requests of this process to a model that no worker has begun, in the admission
   *     queue or behind it
   */
  public WaitEstimate(
      WorkerDirectory workers,
      AdmissionQueue admissionQueue,
      ToLongFunction<String> backlog,
      ToIntFunction<String> waiting) {
    this.workers = workers;
    this.admissionQueue = admissionQueue;
    this.backlog = backlog;
    this.waiting = waiting;
  }

  /** How long one more request waits; empty while no worker lives that has ended one. */
  public Optional<Duration> of(String model, Tenant tenant) {
    OptionalDouble rate = workers.completionsPerSecond(model);
    if (rate.isEmpty()) {
      return Optional.empty();
    }
    WorkerLoad load = workers.load(model);
    long inRoom = admissionQueue.numWaiting(model);
    long inKafka =
        Math.max(backlog.applyAsLong(model) - load.running(), waiting.applyAsInt(model) - inRoom);
    long before = admissionQueue.before(model, tenant) + Math.max(0, inKafka);
    long free = Math.max(0, load.slots() - load.running());
    return Optional.of(time(before + 1 - free, rate.getAsDouble()));
  }

  private static Duration time(long requests, double perSecond) {
    if (requests <= 0) {
      return Duration.ZERO;
    }
    double millis = Math.min(LONGEST.toMillis(), requests * 1000 / perSecond);
    return Duration.ofMillis((long) millis);
  }

  /** Whether a worker of a model lives. */
  public boolean isServed(String model) {
    return workers.serves(model);
  }
}
