package io.millrace.worker.intake;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.AcknowledgementCommitCallback;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * A share consumer in explicit mode that gets one record a poll, and gives a renewed record back
 * before any other, as Kafka's does.
 */
final class FakeShareConsumer implements ShareConsumer<String, byte[]> {
  private static final TopicIdPartition PARTITION =
      new TopicIdPartition(Uuid.ONE_UUID, new TopicPartition("requests", 0));

  final Deque<ConsumerRecord<String, byte[]>> queue = new ArrayDeque<>();

  /** What the next commits say; success when empty. */
  final Deque<KafkaException> commitErrors = new ArrayDeque<>();

  final List<AcknowledgeType> committed = new ArrayList<>();
  int lockMillis = 15_000;

  /** How many fetches the consumer counts. */
  volatile int fetchTotal;

  /** How many connections it counts. */
  volatile int connections = 1;

  boolean closed;

  /** Runs before a poll hands a record over. */
  Runnable onPoll = () -> {};

  Runnable onClose = () -> {};
  private boolean woken;
  private ConsumerRecord<String, byte[]> held;
  private AcknowledgeType pending;

  synchronized void reconnect() {
    held = null;
    pending = null;
    closed = false;
    woken = false;
  }

  @Override
  public synchronized ConsumerRecords<String, byte[]> poll(Duration timeout) {
    if (held != null
        && pending == null
        && !committed.isEmpty()
        && committed.get(committed.size() - 1) == AcknowledgeType.RENEW) {
      return records(held);
    }
    if (held != null) {
      throw new IllegalStateException("All records must be acknowledged in explicit mode");
    }
    while (queue.isEmpty() && !woken) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
    if (woken) {
      throw new WakeupException();
    }
    onPoll.run();
    held = queue.poll();
    return held == null ? ConsumerRecords.empty() : records(held);
  }

  private static ConsumerRecords<String, byte[]> records(ConsumerRecord<String, byte[]> record) {
    return new ConsumerRecords<>(Map.of(PARTITION.topicPartition(), List.of(record)), Map.of());
  }

  @Override
  public synchronized void acknowledge(
      ConsumerRecord<String, byte[]> record, AcknowledgeType type) {
    if (record != held) {
      throw new IllegalStateException("The record cannot be acknowledged.");
    }
    pending = type;
  }

  @Override
  public synchronized Map<TopicIdPartition, Optional<KafkaException>> commitSync(Duration timeout) {
    KafkaException error = commitErrors.poll();
    if (error == null) {
      committed.add(pending);
    }
    if (error != null || pending != AcknowledgeType.RENEW) {
      held = null;
    }
    pending = null;
    return Map.of(PARTITION, Optional.ofNullable(error));
  }

  @Override
  public Optional<Integer> acquisitionLockTimeoutMs() {
    return Optional.of(lockMillis);
  }

  @Override
  public Map<MetricName, ? extends Metric> metrics() {
    Metric fetches = metric("fetch-total", () -> fetchTotal);
    Metric created = metric("connection-creation-total", () -> connections);
    return Map.of(fetches.metricName(), fetches, created.metricName(), created);
  }

  private static Metric metric(String name, DoubleSupplier value) {
    return new Metric() {
      @Override
      public MetricName metricName() {
        return new MetricName(name, "consumer-share-metrics", "", Map.of());
      }

      @Override
      public Object metricValue() {
        return value.getAsDouble();
      }
    };
  }

  @Override
  public void subscribe(Collection<String> topics) {}

  @Override
  public synchronized void close() {
    closed = true;
    onClose.run();
  }

  @Override
  public void close(Duration timeout) {
    close();
  }

  @Override
  public Set<String> subscription() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unsubscribe() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void acknowledge(ConsumerRecord<String, byte[]> record) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void acknowledge(String topic, int partition, long offset, AcknowledgeType type) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<TopicIdPartition, Optional<KafkaException>> commitSync() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void commitAsync() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAcknowledgementCommitCallback(AcknowledgementCommitCallback callback) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Uuid clientInstanceId(Duration timeout) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void registerMetricForSubscription(KafkaMetric metric) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void unregisterMetricFromSubscription(KafkaMetric metric) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized void wakeup() {
    woken = true;
    notifyAll();
  }
}
