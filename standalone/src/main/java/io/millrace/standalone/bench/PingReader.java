package io.millrace.standalone.bench;

import io.millrace.kafka.KafkaCluster;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.TopicPartition;

/** The reader of records that are to be answered, one by one. Belongs to one thread. */
interface PingReader extends AutoCloseable {
  /** What has come since, after some time if that is nothing. */
  Iterable<ConsumerRecord<String, byte[]>> poll();

  /** Ends a record, which was answered. */
  void settle(ConsumerRecord<String, byte[]> record);

  @Override
  void close();

  /** A consumer of a partition, without a group. */
  record OfPartition(KafkaConsumer<String, byte[]> consumer) implements PingReader {
    private static final Duration POLL = Duration.ofMillis(100);

    /** One that begins at the end of a topic's only partition. */
    static OfPartition at(KafkaCluster cluster, String topic) {
      KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(cluster.consumer());
      List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
      consumer.assign(partition);
      consumer.seekToEnd(partition);
      consumer.position(partition.get(0));
      return new OfPartition(consumer);
    }

    @Override
    public Iterable<ConsumerRecord<String, byte[]>> poll() {
      return consumer.poll(POLL);
    }

    @Override
    public void settle(ConsumerRecord<String, byte[]> record) {}

    @Override
    public void close() {
      consumer.close();
    }
  }

  /** A member of a share group, as the slots of a worker are. */
  record OfShareGroup(KafkaShareConsumer<String, byte[]> consumer) implements PingReader {
    private static final Duration POLL = Duration.ofMillis(100);

    static OfShareGroup of(KafkaCluster cluster, String topic, String group) {
      KafkaShareConsumer<String, byte[]> consumer =
          new KafkaShareConsumer<>(cluster.shareConsumer(group, "ping-reader"));
      consumer.subscribe(List.of(topic));
      return new OfShareGroup(consumer);
    }

    @Override
    public Iterable<ConsumerRecord<String, byte[]>> poll() {
      return consumer.poll(POLL);
    }

    @Override
    public void settle(ConsumerRecord<String, byte[]> record) {
      consumer.acknowledge(record, AcknowledgeType.ACCEPT);
      consumer.commitSync();
    }

    @Override
    public void close() {
      consumer.close();
    }
  }
}
