package io.millrace.worker.intake;

import java.util.OptionalDouble;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/** One of the numbers that Kafka's consumer counts about itself. */
final class ConsumerMetric {
  private final @Nullable Metric metric;

  ConsumerMetric(ShareConsumer<?, ?> consumer, String name) {
    this.metric =
        consumer.metrics().values().stream()
            .filter(it -> it.metricName().name().equals(name))
            .findFirst()
            .orElse(null);
  }

  /** Its value now; empty if this version of Kafka has no such metric. */
  OptionalDouble value() {
    return metric != null && metric.metricValue() instanceof Number number
        ? OptionalDouble.of(number.doubleValue())
        : OptionalDouble.empty();
  }
}
