package io.millrace.standalone.bench;

import io.millrace.kafka.Admins;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.WorkerGroups;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Two threads that exchange records by Kafka's clients alone: one durable record there, one back,
 * with the settings of our own producers and consumers. What the queue costs besides is ours.
 */
final class PingPong implements AutoCloseable {
  /** About as large as a small request and its reply. */
  private static final byte[] VALUE = new byte[300];

  private final String ping;
  private final String pong;
  private final KafkaProducer<String, byte[]> pings;
  private final PingReader pongs;
  private final KafkaProducer<String, byte[]> answers;
  private final PingReader questions;
  private final Thread responder = new Thread(this::respond, "pong");
  private volatile long arrived;
  private volatile long answered;
  private volatile boolean closing;

  private PingPong(KafkaCluster cluster, String ping, String pong, PingReader questions) {
    this.ping = ping;
    this.pong = pong;
    this.questions = questions;
    pings = new KafkaProducer<>(cluster.producer());
    answers = new KafkaProducer<>(cluster.producer());
    pongs = PingReader.OfPartition.at(cluster, pong);
    responder.start();
  }

  /** Both ways by consumers of a partition. */
  static PingPong plain(KafkaOptions kafka) {
    KafkaCluster cluster = kafka.cluster();
    try (Admin admin = cluster.connect()) {
      create(admin, "bench.ping", "bench.pong");
    }
    PingReader questions = PingReader.OfPartition.at(cluster, "bench.ping");
    return new PingPong(cluster, "bench.ping", "bench.pong", questions);
  }

  /** The way there by a group as workers have it. */
  static PingPong byShareGroup(KafkaOptions kafka) {
    KafkaCluster cluster = kafka.cluster();
    RequestTopic pinged = RequestTopic.of("bench ping", RequestClass.INTERACTIVE);
    String topic = kafka.topics().requests(pinged);
    WorkerGroups groups = kafka.groups();
    try (Admin admin = cluster.connect()) {
      create(admin, topic, "bench.pong-of-group");
      groups.prepare(admin, pinged);
    }
    PingReader questions = PingReader.OfShareGroup.of(cluster, topic, groups.id(pinged));
    return new PingPong(cluster, topic, "bench.pong-of-group", questions);
  }

  private static void create(Admin admin, String ping, String pong) {
    Admins.get(
        admin
            .createTopics(
                List.of(new NewTopic(ping, 1, (short) 1), new NewTopic(pong, 1, (short) 1)))
            .all());
  }

  private void respond() {
    try (questions) {
      while (!closing) {
        for (ConsumerRecord<String, byte[]> record : questions.poll()) {
          arrived = System.nanoTime();
          answered = System.nanoTime();
          answers.send(new ProducerRecord<>(pong, record.key(), record.value()));
          questions.settle(record);
        }
      }
    }
  }

  /** Sends a record and waits for the other: when each had come, since it was sent. */
  Latency once() {
    long sent = System.nanoTime();
    pings.send(new ProducerRecord<>(ping, "k", VALUE));
    while (!pongs.poll().iterator().hasNext()) {
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
    pongs.close();
  }
}
