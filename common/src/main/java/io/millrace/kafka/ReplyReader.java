package io.millrace.kafka;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader of the replies to single requests: first those that are there, then those that come,
 * without a group, each once and in the order of its partition. {@link
 * io.millrace.protocol.ReplyTracker} tells which of them are news.
 *
 * <p>One thread with one consumer follows all requests of a process. It goes back for those that
 * begin earlier, so that many that come at once, as after the death of whoever read them before,
 * cost little more than one. Without any it reads nothing. Records are known by their keys.
 */
public final class ReplyReader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReplyReader.class);

  /** How long one that is new may wait while others are followed. */
  private static final Duration POLL = Duration.ofMillis(50);

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final KafkaCluster cluster;
  private final BlockingQueue<FollowedReplies> newcomers = new LinkedBlockingQueue<>();
  private final Thread thread;
  private boolean running;
  private volatile boolean closed;

  /** By the key of their records; of the thread alone. */
  private final Map<String, List<FollowedReplies>> followed = new HashMap<>();

  /**
   * Connects to nothing before something is followed.
   *
   * @param name of the thread
   */
  public ReplyReader(KafkaCluster cluster, String name) {
    this.cluster = cluster;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  /**
   * Follows the replies to a request until that is closed. Never waits.
   *
   * @param listener takes them on the reader's thread, which it must not hold up
   */
  public FollowedReplies follow(String id, ReplyStart start, Consumer<Reply> listener) {
    return follow(id, id, start, (reply, place) -> listener.accept(reply));
  }

  /**
   * The same for a listener that is told where each reply lies.
   *
   * @param key of the records, which others' may have as well
   */
  public FollowedReplies follow(
      String id, String key, ReplyStart start, FollowedReplies.Listener listener) {
    FollowedReplies replies = new FollowedReplies(id, key, start, listener);
    synchronized (this) {
      if (!running) {
        running = true;
        thread.start();
      }
    }
    newcomers.add(replies);
    return replies;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Map<String, Object> settings = new HashMap<>(cluster.consumer());
    // What is deleted while it is read leaves a hole, which whoever follows can see.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    // A fetch that waits holds up the first one from where a newcomer begins.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis());
    try (var consumer = new KafkaConsumer<String, byte[]>(settings)) {
      while (!closed) {
        turn(consumer);
      }
    } catch (InterruptedException | InterruptException e) {
      log.debug("replies are no longer read");
    }
  }

  private void turn(KafkaConsumer<String, byte[]> consumer) throws InterruptedException {
    try {
      List<FollowedReplies> fresh = fresh();
      begin(consumer, fresh);
      assign(consumer);
      if (!followed.isEmpty()) {
        read(consumer);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      log.warn("replies cannot be read: {}", KafkaCluster.rootMessage(e));
      TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
    } catch (RuntimeException e) {
      log.error("replies cannot be read", e);
      TimeUnit.MILLISECONDS.sleep(RETRY.toMillis());
    }
  }

  /** Those that are new; waits for one while nothing is followed. */
  private List<FollowedReplies> fresh() throws InterruptedException {
    List<FollowedReplies> fresh = new ArrayList<>();
    followed.values().forEach(all -> all.removeIf(FollowedReplies::isClosed));
    followed.values().removeIf(List::isEmpty);
    if (followed.isEmpty()) {
      fresh.add(newcomers.take());
    }
    newcomers.drainTo(fresh);
    fresh.removeIf(FollowedReplies::isClosed);
    return fresh;
  }

  private void begin(KafkaConsumer<String, byte[]> consumer, List<FollowedReplies> fresh) {
    ReplyOffsets offsets = new ReplyOffsets(consumer, PATIENCE);
    for (FollowedReplies one : fresh) {
      try {
        Map<TopicPartition, Long> ends = offsets.ends(one.start());
        one.begin(offsets.begins(one.start(), ends), ends);
        followed.computeIfAbsent(one.key(), key -> new ArrayList<>()).add(one);
      } catch (InterruptException e) {
        throw e;
      } catch (KafkaException | MissingReplies e) {
        one.fail(e);
      }
    }
  }

  /**
   * Reads the partitions of all, each from where somebody needs it: further back for one that is
   * new, and on from where the others are once it has gone.
   */
  private void assign(KafkaConsumer<String, byte[]> consumer) {
    Map<TopicPartition, Long> needed = new HashMap<>();
    for (FollowedReplies one : all()) {
      one.partitions().forEach(it -> needed.merge(it, one.next(it), Math::min));
    }
    Set<TopicPartition> before = new HashSet<>(consumer.assignment());
    if (!before.equals(needed.keySet())) {
      consumer.assign(needed.keySet());
    }
    needed.forEach(
        (partition, offset) -> {
          if (!before.contains(partition) || offset != consumer.position(partition, PATIENCE)) {
            consumer.seek(partition, offset);
          }
        });
  }

  private List<FollowedReplies> all() {
    return followed.values().stream().flatMap(List::stream).toList();
  }

  private void read(KafkaConsumer<String, byte[]> consumer) {
    consumer.poll(POLL).forEach(this::take);
    Map<TopicPartition, Long> positions = new HashMap<>();
    consumer.assignment().forEach(it -> positions.put(it, consumer.position(it, PATIENCE)));
    all().forEach(one -> one.reached(it -> positions.getOrDefault(it, 0L)));
  }

  private void take(ConsumerRecord<String, byte[]> record) {
    List<FollowedReplies> askers = record.key() == null ? null : followed.get(record.key());
    Reply reply = askers == null ? null : reply(record);
    if (askers == null || reply == null) {
      return;
    }
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    for (FollowedReplies one : askers) {
      try {
        one.take(partition, record.offset(), reply);
      } catch (RuntimeException e) {
        // One listener must not stop the others.
        log.error("offset {} of {} was not taken", record.offset(), partition, e);
      }
    }
  }

  private static @Nullable Reply reply(ConsumerRecord<String, byte[]> record) {
    try {
      return record.value() == null ? null : Wire.decodeReply(record.value());
    } catch (Invalid e) {
      log.warn("skipped offset {} of {}: {}", record.offset(), record.topic(), e.getMessage());
      return null;
    }
  }
}
