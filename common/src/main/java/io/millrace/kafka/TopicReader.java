package io.millrace.kafka;

import io.millrace.protocol.Invalid;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.event.ListenerContainerIdleEvent;
import org.springframework.kafka.listener.CommonLoggingErrorHandler;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.support.TopicPartitionOffset;

/**
 * A thread that reads a topic, or one partition of it, without a group: every reader gets every
 * record, from offsets that are known once {@link #start} has returned. A record that its listener
 * does not take is logged and skipped; a cluster that goes away is waited for.
 *
 * <p>As a bean it starts before a web server and stops after it.
 */
public final class TopicReader implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
  private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration POLL_TIMEOUT = Duration.ofSeconds(1);

  private final KafkaCluster cluster;
  private final String topic;
  private final Function<Admin, List<TopicPartition>> partitions;
  private final OffsetSpec from;
  private final Listener listener;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();

  /** The offsets after the last records that were there at the start. */
  private Map<TopicPartition, Long> ends = Map.of();

  /**
   * Partitions of which not all such records were read; first of the starting thread, then of ours.
   */
  private final Set<TopicPartition> behind = new HashSet<>();

  /** The offsets of the next records for the listener. */
  private final Map<TopicPartition, Long> next = new ConcurrentHashMap<>();

  private volatile @Nullable KafkaMessageListenerContainer<String, byte[]> container;

  /** A listener that takes records, on the reader's thread. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Takes a record.
     *
     * @param live whether it was written after the reader was started
     */
    void take(ConsumerRecord<String, byte[]> record, boolean live);
  }

  /**
   * A reader of all partitions of a topic.
   *
   * @param from with which record to begin; if there is none such, with the next to be written
   */
  public TopicReader(KafkaCluster cluster, String topic, OffsetSpec from, Listener listener) {
    this(cluster, topic, admin -> partitions(admin, topic), from, listener);
  }

  /** A reader of one partition. */
  public TopicReader(
      KafkaCluster cluster, TopicPartition partition, OffsetSpec from, Listener listener) {
    this(cluster, partition.topic(), admin -> List.of(partition), from, listener);
  }

  private TopicReader(
      KafkaCluster cluster,
      String topic,
      Function<Admin, List<TopicPartition>> partitions,
      OffsetSpec from,
      Listener listener) {
    this.cluster = cluster;
    this.topic = topic;
    this.partitions = partitions;
    this.from = from;
    this.listener = listener;
  }

  private static List<TopicPartition> partitions(Admin admin, String topic) {
    return IntStream.range(0, Admins.partitions(admin, topic))
        .mapToObj(number -> new TopicPartition(topic, number))
        .toList();
  }

  /** Completed when the listener has had all records that were there at the start. */
  public CompletableFuture<Void> caughtUp() {
    return caughtUp;
  }

  /** The offset of a partition's next record for the listener, once started. */
  public long next(TopicPartition partition) {
    return Objects.requireNonNull(next.get(partition), "not started");
  }

  /**
   * Finds the offsets to begin at, and begins to read.
   *
   * @throws ClusterNotReady if the topic is missing, or the cluster does not answer
   */
  @Override
  public void start() {
    List<TopicPartitionOffset> starts =
        Admins.ask(cluster, "read the offsets of " + topic, this::starts);
    var starting = container(starts.toArray(TopicPartitionOffset[]::new));
    container = starting;
    starting.start();
  }

  private List<TopicPartitionOffset> starts(Admin admin) {
    List<TopicPartition> all = partitions.apply(admin);
    ends = offsets(admin, all, OffsetSpec.latest());
    Map<TopicPartition, Long> begins = offsets(admin, all, from);
    // A moment after the last record has no offset.
    begins.replaceAll((partition, begin) -> begin < 0 ? end(partition) : begin);
    next.putAll(begins);
    behind.addAll(all);
    reached(begins::get);
    return all.stream()
        .map(it -> new TopicPartitionOffset(it.topic(), it.partition(), begins.get(it)))
        .toList();
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, which));
    Map<TopicPartition, Long> offsets = new HashMap<>();
    Admins.get(admin.listOffsets(asked).all())
        .forEach((partition, found) -> offsets.put(partition, found.offset()));
    return offsets;
  }

  private long end(TopicPartition partition) {
    return Objects.requireNonNull(ends.get(partition));
  }

  private KafkaMessageListenerContainer<String, byte[]> container(TopicPartitionOffset... starts) {
    ContainerProperties properties = new ContainerProperties(starts);
    properties.setAckMode(ContainerProperties.AckMode.MANUAL);
    // Without it the reader would end for good when access is denied once.
    properties.setAuthExceptionRetryInterval(RETRY_INTERVAL);
    properties.setShutdownTimeout(STOP_TIMEOUT.toMillis());
    properties.setPollTimeout(POLL_TIMEOUT.toMillis());
    properties.setIdleEventInterval(POLL_TIMEOUT.toMillis());
    properties.setIdleBeforeDataMultiplier(1);
    properties.setMessageListener((MessageListener<String, byte[]>) this::take);
    var made =
        new KafkaMessageListenerContainer<String, byte[]>(
            new DefaultKafkaConsumerFactory<>(cluster.consumer()), properties);
    made.setBeanName(topic + "-reader");
    made.setCommonErrorHandler(new CommonLoggingErrorHandler());
    made.setApplicationEventPublisher(this::heard);
    return made;
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    try {
      listener.take(record, record.offset() >= end(partition));
    } catch (Invalid e) {
      log.warn("skipped offset {} of {}: {}", record.offset(), partition, e.getMessage());
    } catch (RuntimeException e) {
      // One bad record must not stop the others.
      log.error("skipped offset {} of {}", record.offset(), partition, e);
    }
    next.put(partition, record.offset() + 1);
    reached(it -> it.equals(partition) ? record.offset() + 1 : 0);
  }

  /** Not every offset is a record: the last ones may be the marks of a transaction. */
  private void heard(Object event) {
    if (event instanceof ListenerContainerIdleEvent idle) {
      reached(idle.getConsumer()::position);
    }
  }

  private void reached(ToLongFunction<TopicPartition> position) {
    behind.removeIf(partition -> position.applyAsLong(partition) >= end(partition));
    if (behind.isEmpty()) {
      caughtUp.complete(null);
    }
  }

  @Override
  public void stop() {
    var running = container;
    if (running != null) {
      running.stop();
    }
  }

  @Override
  public boolean isRunning() {
    var running = container;
    return running != null && running.isRunning();
  }

  @Override
  public int getPhase() {
    return 0;
  }
}
