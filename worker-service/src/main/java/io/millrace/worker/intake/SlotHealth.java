package io.millrace.worker.intake;

import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health of the slots' connections: whether they hear from the broker, and what went wrong last
 * if they do not. A consumer does not say whether it has its partition; the age of its last
 * heartbeat is the nearest thing, and it goes on while a slot is busy.
 */
final class SlotHealth {
  private static final Logger log = LoggerFactory.getLogger(SlotHealth.class);
  private static final double MAX_HEARTBEAT_AGE_SECONDS = 20;
  private static final long LOG_AGAIN_NANOS = Duration.ofSeconds(30).toNanos();

  private record Member(RequestClass requestClass, int slot) {}

  private record Failure(String cause, long atNanos) {}

  private final IntakeMetrics metrics;
  private final LongSupplier nanoTime;
  private final Map<Member, Metric> heartbeatAges = new ConcurrentHashMap<>();
  private volatile @Nullable Failure lastFailure;

  SlotHealth(IntakeMetrics metrics, LongSupplier nanoTime) {
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  void joined(RequestClass requestClass, int slot, Map<MetricName, ? extends Metric> metrics) {
    metrics.values().stream()
        .filter(metric -> metric.metricName().name().equals("last-heartbeat-seconds-ago"))
        .findFirst()
        .ifPresent(age -> heartbeatAges.put(new Member(requestClass, slot), age));
  }

  void parted(RequestClass requestClass, int slot) {
    heartbeatAges.remove(new Member(requestClass, slot));
  }

  void renewed() {
    metrics.leaseRenewed();
  }

  /** Takes note of requests that were worked on and belong to others now. */
  void lost(int leases) {
    metrics.leasesLost(leases);
  }

  void failed(RequestClass requestClass, Throwable error) {
    String cause = error.toString();
    Failure last = lastFailure;
    long now = nanoTime.getAsLong();
    if (last != null && last.cause.equals(cause) && now - last.atNanos < LOG_AGAIN_NANOS) {
      return;
    }
    lastFailure = new Failure(cause, now);
    log.warn("a slot of class {} begins anew", requestClass.label(), error);
  }

  /** Why no request of the class can come in; empty if some slot is in its group. */
  Optional<String> notReady(RequestClass requestClass) {
    boolean heard =
        heartbeatAges.entrySet().stream()
            .filter(entry -> entry.getKey().requestClass == requestClass)
            .map(entry -> entry.getValue().metricValue())
            .anyMatch(SlotHealth::isRecent);
    if (heard) {
      return Optional.empty();
    }
    Failure failure = lastFailure;
    return Optional.of(
        "no slot hears from the broker" + (failure == null ? "" : ": " + failure.cause));
  }

  /** Kafka says -1 before the first heartbeat. */
  private static boolean isRecent(Object ageSeconds) {
    double age = ((Number) ageSeconds).doubleValue();
    return age >= 0 && age < MAX_HEARTBEAT_AGE_SECONDS;
  }
}
