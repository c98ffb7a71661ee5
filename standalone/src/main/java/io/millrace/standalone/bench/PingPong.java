package io.millrace.standalone.bench;

import io.millrace.kafka.KafkaCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Two threads that exchange records by Kafka's clients alone: one durable record there, one back,
 * with the settings of our own producers and consumers. What the queue costs besides is ours.
 */
final class PingPong implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final String PING = "bench.ping";
  private static final String PONG = "bench.pong";

  /** About as large as a small request and its reply. */
  private static final byte[] VALUE = new byte[300];

  private final KafkaProducer<String, byte[]> pings;
  private final KafkaConsumer<String, byte[]> pongs;
  private final KafkaProducer<String, byte[]> answers;
  private final KafkaConsumer<String, byte[]> questions;
  private final Thread responder = new Thread(this::respond, "pong");
  private volatile long arrived;
  private volatile long answered;
  private volatile boolean closing;

  PingPong(KafkaCluster cluster) throws InterruptedException {
    try (Admin admin = cluster.connect()) {
      admin
          .createTopics(List.of(new NewTopic(PING, 1, (short) 1), new NewTopic(PONG, 1, (short) 1)))
          .all()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the topics could not be made", e);
    }
    pings = new KafkaProducer<>(cluster.producer());
    answers = new KafkaProducer<>(cluster.producer());
    questions = reader(cluster, PING);
    pongs = reader(cluster, PONG);
    responder.start();
  }

  private static KafkaConsumer<String, byte[]> reader(KafkaCluster cluster, String topic) {
    KafkaConsumer<String, byte[]> reader = new KafkaConsumer<>(cluster.consumer());
    List<TopicPartition> partition = List.of(new TopicPartition(topic, 0));
    reader.assign(partition);
    reader.seekToEnd(partition);
    reader.position(partition.get(0));
    return reader;
  }

  private void respond() {
    while (!closing) {
      for (ConsumerRecord<String, byte[]> record : questions.poll(POLL)) {
        arrived = System.nanoTime();
        answered = System.nanoTime();
        answers.send(new ProducerRecord<>(PONG, record.key(), record.value()));
      }
    }
  }

  /** Sends a record and waits for the other: when each had come, since it was sent. */
  Latency once() {
    long sent = System.nanoTime();
    pings.send(new ProducerRecord<>(PING, "k", VALUE));
    while (pongs.poll(POLL).isEmpty()) {
      // Nothing yet.
    }
    long back = System.nanoTime();
    return new Latency(arrived - sent, back - answered);
  }

  @Override
  public void close() throws InterruptedException {
    closing = true;
    responder.join();
    List.of(pings, answers).forEach(KafkaProducer::close);
    List.of(questions, pongs).forEach(KafkaConsumer::close);
  }
}
