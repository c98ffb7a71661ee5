package io.millrace.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * A look at the records that a partition holds now: without a group, of committed transactions
 * only. The partition must be there; a {@link org.apache.kafka.common.KafkaException} says what
 * else is wrong. Not thread-safe.
 */
public final class PartitionScan implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TopicPartition partition;
  private final KafkaConsumer<String, byte[]> consumer;

  public PartitionScan(KafkaCluster cluster, TopicPartition partition) {
    this.partition = partition;
    Map<String, Object> settings = cluster.consumer();
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    this.consumer = new KafkaConsumer<>(settings);
    consumer.assign(List.of(partition));
  }

  /** The first offset that is still there. */
  public long begin() {
    return Objects.requireNonNull(consumer.beginningOffsets(List.of(partition)).get(partition));
  }

  /** The offset after the last record. */
  public long end() {
    return Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
  }

  /** Gives all records in their order. */
  public void forEach(Consumer<ConsumerRecord<String, byte[]>> taker) {
    long end = end();
    consumer.seek(partition, begin());
    while (consumer.position(partition) < end) {
      poll().forEach(taker);
    }
  }

  /** The first record at that offset or behind it; not every offset is a record. */
  public Optional<ConsumerRecord<String, byte[]>> firstFrom(long offset) {
    long end = end();
    consumer.seek(partition, Math.max(offset, begin()));
    while (consumer.position(partition) < end) {
      List<ConsumerRecord<String, byte[]>> records = poll();
      if (!records.isEmpty()) {
        return Optional.of(records.get(0));
      }
    }
    return Optional.empty();
  }

  private List<ConsumerRecord<String, byte[]>> poll() {
    long before = consumer.position(partition);
    long last = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < last) {
      var records = consumer.poll(POLL).records(partition);
      if (!records.isEmpty() || consumer.position(partition) > before) {
        return records;
      }
    }
    throw new TimeoutException(
        "no record of %s came within %d s".formatted(partition, PATIENCE.toSeconds()));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
