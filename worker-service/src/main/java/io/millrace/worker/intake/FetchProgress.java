package io.millrace.worker.intake;

import org.apache.kafka.clients.consumer.ShareConsumer;

/**
 * The progress of one poll of a share consumer, by the consumer's own count of fetches. A broker
 * answers each within half a second, and the next one follows; but after a fetch that brought
 * offsets and no record, such as the marker that ends a transaction, the consumer's network thread
 * fetches no more until it is polled anew (seen in Kafka 4.2 to 4.4).
 *
 * <p>Nor does a consumer let go of the last record that it gave before the next one comes.
 */
final class FetchProgress {
  private static final int LOOKS = 2;

  /** Looks after which nothing is likely to come: some ten seconds. */
  static final int IDLE_LOOKS = 20;

  /** Bytes of a record that is worth a new consumer. */
  static final int LARGE = 256 * 1024;

  private final ConsumerMetric fetches;
  private final boolean holdsLargeRecord;
  private double seen;
  private int looksInVain;
  private int looks;

  /**
   * @param lastBytes of the record that the consumer gave last
   */
  FetchProgress(ShareConsumer<?, ?> consumer, int lastBytes) {
    this.fetches = new ConsumerMetric(consumer, "fetch-total");
    this.holdsLargeRecord = lastBytes >= LARGE;
    this.seen = fetches.value().orElse(0);
  }

  /**
   * Looks again, which should not be done more often than a fetch takes; true when the poll should
   * be ended and the consumer closed: it has stalled, or keeps memory while nothing comes.
   */
  boolean isVain() {
    looks++;
    return stalled() || (holdsLargeRecord && looks >= IDLE_LOOKS);
  }

  /** Nothing has been fetched for some looks. One that has never fetched still joins its group. */
  private boolean stalled() {
    double now = fetches.value().orElse(0);
    looksInVain = now > 0 && now == seen ? looksInVain + 1 : 0;
    seen = now;
    return looksInVain >= LOOKS;
  }
}
