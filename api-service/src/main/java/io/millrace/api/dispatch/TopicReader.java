package io.millrace.api.dispatch;

import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaCluster;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.TopicPartitionOffset;

/**
 * A thread that reads one partition without a group, from an offset that is known before the first
 * request is taken. It starts before the web server and stops after it.
 */
public final class TopicReader implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(TopicReader.class);

  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

  private final KafkaMessageListenerContainer<String, byte[]> container;

  private TopicReader(KafkaMessageListenerContainer<String, byte[]> container) {
    this.container = container;
  }

  /** What happens with a record, on the reader's thread. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes a record.
     *
     * @param live whether it was written after the reader was made
     */
    void take(ConsumerRecord<String, byte[]> record, boolean live);
  }

  /**
   * A reader of what is written from now on.
   *
   * @throws ClusterNotReady if the partition's offsets cannot be read
   */
  public static TopicReader fromEnd(KafkaCluster cluster, TopicPartition partition, Sink to) {
    long end = offset(cluster, partition, OffsetSpec.latest());
    return new TopicReader(container(cluster, partition, end, end, to));
  }

  /**
   * A reader of all there is, and what comes.
   *
   * @throws ClusterNotReady if the partition's offsets cannot be read
   */
  public static TopicReader fromStart(KafkaCluster cluster, TopicPartition partition, Sink to) {
    long start = offset(cluster, partition, OffsetSpec.earliest());
    long end = offset(cluster, partition, OffsetSpec.latest());
    return new TopicReader(container(cluster, partition, start, end, to));
  }

  private static long offset(KafkaCluster cluster, TopicPartition partition, OffsetSpec which) {
    try (Admin admin = cluster.connect()) {
      ListOffsetsResultInfo found =
          admin.listOffsets(Map.of(partition, which)).partitionResult(partition).get();
      return found.offset();
    } catch (ExecutionException e) {
      throw new ClusterNotReady(
          "cannot read the offsets of %s at %s: %s"
              .formatted(partition, cluster.bootstrapServers(), e.getCause()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterNotReady("interrupted while reading offsets", e);
    }
  }

  private static KafkaMessageListenerContainer<String, byte[]> container(
      KafkaCluster cluster, TopicPartition partition, long start, long end, Sink to) {
    ContainerProperties properties =
        new ContainerProperties(
            new TopicPartitionOffset(partition.topic(), partition.partition(), start));
    properties.setAckMode(ContainerProperties.AckMode.MANUAL);
    // Without it the reader would end for good when access is denied once.
    properties.setAuthExceptionRetryInterval(RETRY_INTERVAL);
    properties.setMessageListener(
        (MessageListener<String, byte[]>) record -> read(record, end, to));
    var container =
        new KafkaMessageListenerContainer<String, byte[]>(
            new DefaultKafkaConsumerFactory<>(cluster.consumer()), properties);
    container.setBeanName(partition.topic() + "-reader");
    container.setCommonErrorHandler(new CommonLoggingErrorHandler());
    return container;
  }

  private static void read(ConsumerRecord<String, byte[]> record, long end, Sink to) {
    try {
      to.take(record, record.offset() >= end);
    } catch (RuntimeException e) {
      // One bad record must not stop the others.
      log.warn("skipped offset {} of {}: {}", record.offset(), record.topic(), String.valueOf(e));
    }
  }

  @Override
  public void start() {
    container.start();
  }

  @Override
  public void stop() {
    container.stop();
  }

  @Override
  public boolean isRunning() {
    return container.isRunning();
  }

  @Override
  public int getPhase() {
    return 0;
  }
}
