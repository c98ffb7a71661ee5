package io.millrace.worker.intake;

import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.Metric;
import org.jspecify.annotations.Nullable;

/**
 * The progress of one poll of a share consumer, by the consumer's own count of fetches. A broker
 * answers each within half a second, and the next one follows; but after a fetch that brought
 * offsets and no record, such as the marker that ends a transaction, the consumer's network thread
 * fetches no more until it is polled anew (seen in Kafka 4.2 to 4.4).
 */
final class FetchProgress {
  private static final String COUNT = "fetch-total";
  private static final int LOOKS = 2;

  private final @Nullable Metric fetches;
  private double seen;
  private int looksInVain;

  FetchProgress(ShareConsumer<?, ?> consumer) {
    this.fetches =
        consumer.metrics().values().stream()
            .filter(metric -> metric.metricName().name().equals(COUNT))
            .findFirst()
            .orElse(null);
    this.seen = count();
  }

  /**
   * Looks again, which should not be done more often than a fetch takes; true when nothing has been
   * fetched for some looks. A consumer that has never fetched is still joining its group.
   */
  boolean stalled() {
    double now = count();
    looksInVain = now > 0 && now == seen ? looksInVain + 1 : 0;
    seen = now;
    return looksInVain >= LOOKS;
  }

  private double count() {
    return fetches != null && fetches.metricValue() instanceof Number number
        ? number.doubleValue()
        : 0;
  }
}
