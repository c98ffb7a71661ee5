package io.millrace.kafka;

import io.millrace.cli.StartFailure;
import io.millrace.protocol.Wire;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A Kafka cluster and the settings of every kind of client that talks to it. Keys are strings, and
 * values are the bytes of {@link Wire}.
 *
 * @param bootstrapServers {@code host:port}, separated by commas
 * @param properties further client settings, such as those of TLS and SASL; they replace the
 *     settings made here, but for those that the code depends on
 */
public record KafkaCluster(String bootstrapServers, Map<String, String> properties) {
  /** The largest request, as a record; what is larger is refused by producer and topic. */
  public static final int MAX_RECORD_BYTES = Wire.MAX_RECORD_BYTES;

  /**
   * How long a share consumer's fetch waits for a record: a record that another member gives back
   * is only seen by the next fetch, and whether a consumer still fetches can be seen no sooner.
   */
  public static final int SHARE_FETCH_WAIT_MILLIS = 500;

  /** Settings that Kafka refuses in a share consumer (KIP-932), even with their default value. */
  private static final List<String> UNKNOWN_TO_SHARE_CONSUMERS =
      List.of(
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.GROUP_INSTANCE_ID_CONFIG,
          ConsumerConfig.ISOLATION_LEVEL_CONFIG,
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
          ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
          ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG,
          ConsumerConfig.GROUP_PROTOCOL_CONFIG,
          ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);

  public KafkaCluster {
    properties = Map.copyOf(properties);
  }

  /** A cluster that asks for neither TLS nor a password. */
  public KafkaCluster(String bootstrapServers) {
    this(bootstrapServers, Map.of());
  }

  /**
   * A producer that loses nothing and does not wait for more records: written by all in-sync
   * replicas, in order, once; sent at once; and quick to say that no broker answers.
   */
  public Map<String, Object> producer() {
    return producer(0);
  }

  /**
   * A producer of replies, which waits a moment: what a step says to all readers goes in one
   * request, as a request costs broker and readers more than the records in it.
   */
  public Map<String, Object> replyProducer() {
    return producer(1);
  }

  private Map<String, Object> producer(int lingerMillis) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    settings.put(ProducerConfig.LINGER_MS_CONFIG, lingerMillis);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 3_000);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES);
    settings.putAll(properties);
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class);
    settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return settings;
  }

  /**
   * A producer of requests: compressed, since prompts are text, and giving up as soon as the client
   * does who waits.
   *
   * @param patience how long a request waits while no broker answers
   */
  public Map<String, Object> requestProducer(Duration patience) {
    Map<String, Object> settings = producer();
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 2_000);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
    settings.put(
        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) patience.plusSeconds(5).toMillis());
    return settings;
  }

  /** A consumer without a group: it is assigned partitions and offsets, and commits nothing. */
  public Map<String, Object> consumer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500);
    settings.putAll(properties);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return reading(settings);
  }

  /**
   * A member of a share group that holds at most one record, and settles it explicitly.
   *
   * @param group the share group, {@link io.millrace.protocol.TopicNames#workerGroup}
   * @param member what the broker calls it, as in its log
   */
  public Map<String, Object> shareConsumer(String group, String member) {
    Map<String, Object> settings = new HashMap<>(properties);
    UNKNOWN_TO_SHARE_CONSUMERS.forEach(settings::remove);
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, SHARE_FETCH_WAIT_MILLIS);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, member);
    settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
    settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    settings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Integer.MAX_VALUE);
    return reading(settings);
  }

  /**
   * A member of a classic consumer group that gets a record a poll, and commits explicitly. Of one
   * that is silent for the session timeout others get the partitions.
   *
   * @param group {@link io.millrace.protocol.TopicNames#classicGroup}
   * @param member what the broker calls it, as in its log
   */
  public Map<String, Object> groupConsumer(String group, String member) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
    // How long a rebalance waits for a member that holds it up.
    settings.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, 30_000);
    settings.put(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1);
    // The records of one fetch come before those of the next, which other partitions may be in.
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 16 * 1024);
    settings.putAll(properties);
    settings.remove(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
    settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    settings.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        CooperativeStickyAssignor.class.getName());
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.CLIENT_ID_CONFIG, member);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    return reading(settings);
  }

  /** An administrative client whose calls end within seconds. */
  public Map<String, Object> admin() {
    Map<String, Object> settings = new HashMap<>();
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000);
    settings.putAll(properties);
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    return settings;
  }

  /**
   * Refuses settings that a client would refuse only when it is made, which is late.
   *
   * @throws StartFailure naming setting and value
   */
  void requireUsable() {
    try {
      for (Map<String, Object> producer :
          List.of(replyProducer(), requestProducer(Duration.ZERO))) {
        new ProducerConfig(producer);
      }
      new ConsumerConfig(consumer());
    } catch (KafkaException e) {
      throw new StartFailure("--kafka-properties: " + rootMessage(e), e);
    }
  }

  /**
   * Opens an administrative client.
   *
   * @throws ClusterNotReady if no address can be resolved, or a setting is wrong
   */
  public Admin connect() {
    try {
      return Admin.create(admin());
    } catch (KafkaException e) {
      throw new ClusterNotReady(
          "cannot use Kafka at %s: %s%s"
              .formatted(
                  bootstrapServers,
                  rootMessage(e),
                  properties.isEmpty() ? "" : " (--kafka-properties)"),
          e);
    }
  }

  /** Without the values of properties, some of which are secrets. */
  @Override
  public String toString() {
    return "KafkaCluster[%s, %s]".formatted(bootstrapServers, new TreeSet<>(properties.keySet()));
  }

  private Map<String, Object> reading(Map<String, Object> settings) {
    settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
    settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return settings;
  }

  /** What the first cause of an exception says, or else the name of its class. */
  public static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
