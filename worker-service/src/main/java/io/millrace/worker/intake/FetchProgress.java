package io.millrace.worker.intake;

import org.apache.kafka.clients.consumer.ShareConsumer;

/**
 * The progress of one poll of a share consumer, by the consumer's own count of fetches. A broker
 * answers each within half a second, and the next one follows; but after a fetch that brought
 * offsets and no record, such as the marker that ends a transaction, the consumer's network thread
 * fetches no more until it is polled anew (seen in Kafka 4.2 to 4.4).
 */
final class FetchProgress {
  private static final int LOOKS = 2;

  private final ConsumerMetric fetches;
  private double seen;
  private int looksInVain;

  FetchProgress(ShareConsumer<?, ?> consumer) {
    this.fetches = new ConsumerMetric(consumer, "fetch-total");
    this.seen = fetches.value().orElse(0);
  }

  /**
   * Looks again, which should not be done more often than a fetch takes; true when nothing has been
   * fetched for some looks. A consumer that has never fetched is still joining its group.
   */
  boolean stalled() {
    double now = fetches.value().orElse(0);
    looksInVain = now > 0 && now == seen ? looksInVain + 1 : 0;
    seen = now;
    return looksInVain >= LOOKS;
  }
}
