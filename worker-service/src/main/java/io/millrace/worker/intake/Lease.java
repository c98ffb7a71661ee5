package io.millrace.worker.intake;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A share consumer's acquisition lock on one record (KIP-932), renewed while the record is worked
 * on (KIP-1222). Belongs to the consumer's thread.
 */
final class Lease {
  private static final Logger log = LoggerFactory.getLogger(Lease.class);
  private static final int DEFAULT_LOCK_MILLIS = 15_000;

  private final ShareConsumer<String, byte[]> consumer;
  private ConsumerRecord<String, byte[]> record;

  Lease(ShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> record) {
    this.consumer = consumer;
    this.record = record;
  }

  /** How long to work before the lock must be renewed: a third of it, so that one may fail. */
  Duration renewEvery() {
    int lockMillis = consumer.acquisitionLockTimeoutMs().orElse(DEFAULT_LOCK_MILLIS);
    return Duration.ofMillis(Math.max(1, lockMillis / 3));
  }

  /**
   * Renews the lock.
   *
   * @return false if the broker has taken it back
   */
  boolean renew() {
    consumer.acknowledge(record, AcknowledgeType.RENEW);
    // A plain poll would carry the renewal too, but spins until its timeout (see KIP-1222).
    Optional<KafkaException> error = commit();
    if (error.isPresent()) {
      log.warn(
          "lease of {} offset {} lost: {}",
          record.topic(),
          record.offset(),
          error.get().toString());
      return false;
    }
    for (ConsumerRecord<String, byte[]> renewed : consumer.poll(Duration.ZERO)) {
      if (renewed.offset() != record.offset()) {
        throw new IllegalStateException(
            "renewed offset %d, got %d".formatted(record.offset(), renewed.offset()));
      }
      record = renewed;
      return true;
    }
    log.warn("lease of {} offset {} lost: not renewed", record.topic(), record.offset());
    return false;
  }

  /** Ends the lease. */
  void settle(AcknowledgeType outcome) {
    consumer.acknowledge(record, outcome);
    commit()
        .ifPresent(
            error ->
                log.warn(
                    "{} of {} offset {} came too late, it may be delivered again: {}",
                    outcome,
                    record.topic(),
                    record.offset(),
                    error.toString()));
  }

  private Optional<KafkaException> commit() {
    return consumer.commitSync(renewEvery()).values().stream()
        .flatMap(Optional::stream)
        .findFirst();
  }
}
