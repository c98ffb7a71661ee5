package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.TopicNames;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;

class KafkaClusterTest {
  private final KafkaCluster cluster =
      new KafkaCluster(
          "127.0.0.1:1",
          Map.of(
              "acks", "1",
              "client.rack", "r1",
              "isolation.level", "read_committed",
              "group.id", "stranger",
              "bootstrap.servers", "elsewhere:9092"));

  @Test
  void properties_replaceDefaultsButNotWhatCodeDependsOn() {
    assertThat(cluster.producer())
        .containsEntry("acks", "1")
        .containsEntry("linger.ms", 0)
        .containsEntry("bootstrap.servers", "127.0.0.1:1");
    assertThat(cluster.replyProducer()).containsEntry("acks", "1").containsEntry("linger.ms", 1);
    assertThat(cluster.consumer())
        .containsEntry("client.rack", "r1")
        .containsEntry("enable.auto.commit", false)
        .doesNotContainKey("group.id");
    assertThat(cluster.shareConsumer("workers", "w1"))
        .containsEntry("group.id", "workers")
        .containsEntry("max.poll.records", 1)
        .doesNotContainKeys("isolation.level", "auto.offset.reset", "enable.auto.commit");
  }

  @Test
  void kafka_acceptsTheSettings() {
    KafkaCluster plain = new KafkaCluster("127.0.0.1:1");
    try (var producer = new KafkaProducer<String, byte[]>(plain.requestProducer(Duration.ZERO));
        var replies = new KafkaProducer<String, byte[]>(plain.replyProducer());
        var consumer = new KafkaConsumer<String, byte[]>(plain.consumer());
        var member = new KafkaConsumer<String, byte[]>(plain.groupConsumer("workers", "w1"));
        var share = new KafkaShareConsumer<String, byte[]>(plain.shareConsumer("workers", "w1"));
        var admin = plain.connect()) {
      assertThat(consumer.assignment()).isEmpty();
      assertThat(member.subscription()).isEmpty();
      assertThat(share.subscription()).isEmpty();
    }
  }

  @Test
  void topics_areCreatedByHandWithThePrintedCommands() {
    assertThat(TopicSpec.all(new TopicNames("m."), "org/tiny", 1, 1, Duration.ofDays(2)))
        .extracting(topic -> topic.asCommand("kafka:9092"))
        .contains(
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic m.requests.org--tiny.interactive --partitions 1"
                + " --config max.message.bytes=8388608 --config message.timestamp.type=LogAppendTime"
                + " --config retention.ms=86400000",
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic m.workers --partitions 1"
                + " --config cleanup.policy=compact",
            "kafka-topics.sh --bootstrap-server kafka:9092 --create --topic m.results --partitions 8"
                + " --config cleanup.policy=compact,delete --config max.message.bytes=8388608"
                + " --config retention.ms=172800000")
        .hasSize(10);
  }

  @Test
  void failure_isToldByItsFirstCauseWithoutClasses() {
    Exception cause = new IllegalStateException("no broker");
    assertThat(KafkaCluster.rootMessage(new RuntimeException("Send failed", cause)))
        .isEqualTo("no broker");
  }

  @Test
  void cluster_tellsNoValuesOfItsSettings() {
    KafkaCluster secured =
        new KafkaCluster("kafka:9093", Map.of("sasl.jaas.config", "password=secret"));
    assertThat(secured).hasToString("KafkaCluster[kafka:9093, [sasl.jaas.config]]");
  }
}
