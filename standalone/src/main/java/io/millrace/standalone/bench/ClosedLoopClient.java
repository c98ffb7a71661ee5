package io.millrace.standalone.bench;

import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A client that has a fixed number of requests open, more than all workers can take, and counts the
 * tokens that come back. Belongs to one thread.
 */
final class ClosedLoopClient implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final String REPLIES = "bench.replies";

  private final List<String> requests;
  private final int tokens;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Map<String, Long> firstWorkAt = new HashMap<>();
  private int open;
  private long answered;
  private long told;
  private int asked;

  /**
   * @param requests the topics, of which each has its turn
   * @param tokens of each answer
   */
  ClosedLoopClient(KafkaCluster cluster, List<String> requests, int tokens) throws Exception {
    this.requests = requests;
    this.tokens = tokens;
    try (Admin admin = cluster.connect()) {
      admin.createTopics(List.of(new NewTopic(REPLIES, 1, (short) 1))).all().get();
    }
    producer = new KafkaProducer<>(cluster.producer());
    consumer = new KafkaConsumer<>(cluster.consumer());
    TopicPartition partition = new TopicPartition(REPLIES, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /**
   * Reads replies for a while, and asks anew for each answer that is complete.
   *
   * @param most how many requests are open
   */
  void run(Duration duration, int most) {
    long end = System.nanoTime() + duration.toNanos();
    do {
      for (; open < most; open++) {
        ask();
      }
      consumer.poll(POLL).forEach(this::take);
    } while (System.nanoTime() < end);
  }

  private void ask() {
    String id = "bench-" + asked++;
    String request =
        "{\"id\":\"%s\",\"prompt\":\"p\",\"max_tokens\":%d,\"stream\":true,\"reply\":{\"topic\":\"%s\"}}"
            .formatted(id, tokens, REPLIES);
    String topic = requests.get(asked % requests.size());
    producer.send(new ProducerRecord<>(topic, id, request.getBytes(StandardCharsets.UTF_8)));
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    Reply reply = Wire.decodeReply(record.value());
    reply.handle(
        accepted -> firstWorkAt.putIfAbsent(accepted.worker(), System.nanoTime()),
        delta -> told++,
        finished -> {
          told++;
          answered++;
          open--;
        },
        failed -> {
          throw new IllegalStateException("a request failed: " + failed.message());
        });
  }

  /** When each worker began its first request, by {@code System.nanoTime}. */
  Map<String, Long> firstWorkAt() {
    return firstWorkAt;
  }

  /** Tokens that have come so far. */
  long told() {
    return told;
  }

  /** Answers that are complete. */
  long answered() {
    return answered;
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    consumer.close();
  }
}
