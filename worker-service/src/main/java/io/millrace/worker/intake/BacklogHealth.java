package io.millrace.worker.intake;

import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The health of the queue's flow: no request waits that nobody holds while this worker has room for
 * it and takes none. Whatever keeps requests from coming in, that is how it shows.
 */
final class BacklogHealth {
  private final PollGate gate;
  private final Backlog backlog;
  private final Duration timeout;
  private final LongSupplier nanoTime;
  private final Map<RequestClass, Integer> takenBefore = new EnumMap<>(RequestClass.class);
  private final Map<RequestClass, Long> inVainSince = new EnumMap<>(RequestClass.class);
  private volatile @Nullable String fault;

  /**
   * @param timeout how long requests may wait in vain; zero for as long as they like
   */
  BacklogHealth(PollGate gate, Backlog backlog, Duration timeout, LongSupplier nanoTime) {
    this.gate = gate;
    this.backlog = backlog;
    this.timeout = timeout;
    this.nanoTime = nanoTime;
  }

  /**
   * Looks at the queue; to be called every few seconds, by one thread after another.
   *
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  void look() {
    if (timeout.isZero()) {
      return;
    }
    Map<RequestClass, Long> queued = new EnumMap<>(RequestClass.class);
    long waiting = -backlog.heldByOthers() - gate.held();
    for (RequestClass requestClass : RequestClass.values()) {
      long size = backlog.of(requestClass);
      queued.put(requestClass, size);
      waiting += size;
    }
    String worst = null;
    for (RequestClass requestClass : RequestClass.values()) {
      boolean waits = waiting > 0 && Objects.requireNonNull(queued.get(requestClass)) > 0;
      Duration inVain = inVain(requestClass, waits);
      if (worst == null && inVain.compareTo(timeout) > 0) {
        worst =
            "%d requests wait in class %s and none was taken for %d s, longer than --backlog-timeout, which is %d s"
                .formatted(
                    Math.min(waiting, Objects.requireNonNull(queued.get(requestClass))),
                    requestClass.label(),
                    inVain.toSeconds(),
                    timeout.toSeconds());
      }
    }
    fault = worst;
  }

  /** For how long a class has waited at every look, though there was room. */
  private Duration inVain(RequestClass requestClass, boolean waits) {
    long now = nanoTime.getAsLong();
    int taken = gate.taken(requestClass);
    Integer before = takenBefore.put(requestClass, taken);
    if (!waits || before == null || taken != before || !gate.hasRoom(requestClass)) {
      inVainSince.remove(requestClass);
      return Duration.ZERO;
    }
    inVainSince.putIfAbsent(requestClass, now);
    return Duration.ofNanos(now - Objects.requireNonNull(inVainSince.get(requestClass)));
  }

  /** Which requests wait in vain, as of the last look; empty while none do. */
  Optional<String> fault() {
    return Optional.ofNullable(fault);
  }
}
