package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.ShareGroups;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.utils.internals.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
  private static final TopicNames NAMES = new TopicNames(TopicNames.DEFAULT_PREFIX);
  private static final String MODEL = "org/tiny";
  private static final String REQUESTS = NAMES.requests(MODEL, RequestClass.INTERACTIVE);
  private static final String GROUP = NAMES.workerGroup(MODEL, RequestClass.INTERACTIVE);

  @TempDir Path folder;

  @Test
  void requests_surviveARestart() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaCluster cluster = provisioned(broker);
      produce(cluster, "first");
      produce(cluster, "second");
    }
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaCluster cluster = provisioned(broker);
      assertThat(consume(cluster, 2)).containsExactly("first", "second");
    }
  }

  @Test
  void provision_leavesAGroupWhereItIs() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaCluster cluster = provisioned(broker);
      produce(cluster, "first");
      assertThat(consume(cluster, 1)).containsExactly("first");
      produce(cluster, "second");
      new TopicProvisioner(cluster, NAMES).provision(MODEL);
      assertThat(consume(cluster, 1)).containsExactly("second");
    }
  }

  @Test
  void provision_createsTopicsAndFirstOffsets() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaCluster cluster = new KafkaCluster(broker.bootstrapServers());
      TopicProvisioner provisioner = new TopicProvisioner(cluster, NAMES);
      provisioner.provision(MODEL);
      provisioner.provision(MODEL);

      try (Admin admin = cluster.connect()) {
        var topics = admin.describeTopics(List.of(REQUESTS, NAMES.replies(), NAMES.workers()));
        Map<String, TopicDescription> described = topics.allTopicNames().get();
        assertThat(described.get(REQUESTS).partitions()).hasSize(1);
        assertThat(described.get(NAMES.replies()).partitions()).hasSize(32);
        for (RequestClass requestClass : RequestClass.values()) {
          assertThat(firstOffset(admin, requestClass)).isZero();
          String requests = NAMES.requests(MODEL, requestClass);
          assertThat(config(admin, Type.TOPIC, requests, "message.timestamp.type"))
              .isEqualTo("LogAppendTime");
          assertThat(config(admin, Type.TOPIC, requests, "retention.ms"))
              .isEqualTo(Long.toString(TopicProvisioner.REQUEST_RETENTION.toMillis()));
          String group = NAMES.workerGroup(MODEL, requestClass);
          assertThat(config(admin, Type.GROUP, group, "share.isolation.level"))
              .isEqualTo("read_committed");
        }
        assertThat(config(admin, Type.TOPIC, NAMES.control(), "message.timestamp.type"))
            .isEqualTo("LogAppendTime");
      }
    }
  }

  /** Whoever may not set it has what the broker says, and must give up before that. */
  @Test
  void deliveryLimit_isThatOfTheGroup() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaCluster cluster = new KafkaCluster(broker.bootstrapServers());
      ShareGroups groups = new ShareGroups(NAMES);
      RequestTopic topic = RequestTopic.of(MODEL, RequestClass.INTERACTIVE);
      try (Admin admin = cluster.connect()) {
        assertThat(groups.deliveryLimit(admin, topic)).isEqualTo(5);
        new TopicProvisioner(cluster, NAMES).provision(MODEL);
        assertThat(groups.deliveryLimit(admin, topic)).isEqualTo(10);
      }
    }
  }

  @Test
  void provision_withoutBroker_namesTheAddress() throws Exception {
    int port = unusedPort();
    KafkaCluster cluster =
        new KafkaCluster(
            "127.0.0.1:" + port,
            Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "400"));

    assertThatThrownBy(() -> new TopicProvisioner(cluster, NAMES).provision(MODEL))
        .isInstanceOf(ClusterNotReady.class)
        .hasMessageContaining("no Kafka broker answers at 127.0.0.1:" + port);
  }

  @Test
  void fatalError_doesNotEndTheProcess() {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      assertThatThrownBy(() -> Exit.halt(1, "disk full")).hasMessageContaining("disk full");
      assertThat(broker.failure()).isCompletedWithValue("disk full");
    }
  }

  @Test
  void start_onAUsedPort_saysSo() throws Exception {
    try (ServerSocket used = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> EmbeddedBroker.start(folder, used.getLocalPort()))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining("127.0.0.1:" + used.getLocalPort());
    }
  }

  @Test
  void start_inAUsedFolder_saysSo() {
    try (EmbeddedBroker first = EmbeddedBroker.start(folder, 0)) {
      assertThat(first.bootstrapServers()).startsWith("127.0.0.1:");
      assertThatThrownBy(() -> EmbeddedBroker.start(folder, 0))
          .isInstanceOf(StartFailure.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("in use by another broker");
    }
  }

  private static KafkaCluster provisioned(EmbeddedBroker broker) {
    KafkaCluster cluster = new KafkaCluster(broker.bootstrapServers());
    new TopicProvisioner(cluster, NAMES).provision(MODEL);
    return cluster;
  }

  private static String config(Admin admin, Type type, String name, String key) throws Exception {
    ConfigResource resource = new ConfigResource(type, name);
    return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(key).value();
  }

  private static long firstOffset(Admin admin, RequestClass requestClass) throws Exception {
    String group = NAMES.workerGroup(MODEL, requestClass);
    return admin
        .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
        .partitionsToOffsetInfo(group)
        .get()
        .get(new TopicPartition(NAMES.requests(MODEL, requestClass), 0))
        .startOffset();
  }

  private static void produce(KafkaCluster cluster, String text) throws Exception {
    try (var producer = new KafkaProducer<String, byte[]>(cluster.requestProducer(Duration.ZERO))) {
      byte[] value = text.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(REQUESTS, text, value)).get();
    }
  }

  private static List<String> consume(KafkaCluster cluster, int count) {
    List<String> seen = new ArrayList<>();
    Instant limit = Instant.now().plusSeconds(60);
    try (var consumer =
        new KafkaShareConsumer<String, byte[]>(cluster.shareConsumer(GROUP, "member"))) {
      consumer.subscribe(List.of(REQUESTS));
      while (seen.size() < count && Instant.now().isBefore(limit)) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          seen.add(new String(record.value(), StandardCharsets.UTF_8));
          consumer.acknowledge(record, AcknowledgeType.ACCEPT);
        }
      }
      consumer.commitSync();
    }
    return seen;
  }

  private static int unusedPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
