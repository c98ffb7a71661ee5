package io.millrace.api.results;

import io.millrace.kafka.KafkaCluster;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Consumers that read back what lies in topics, one user at a time each; making one takes long. */
final class ConsumerPool implements AutoCloseable {
  private static final int MOST_IDLE = 4;
  private static final int FETCH_WAIT_MILLIS = 10;

  private final Map<String, Object> settings;

  /** Guarded by this. */
  private final Deque<KafkaConsumer<String, byte[]>> idle = new ArrayDeque<>();

  /** Guarded by this. */
  private boolean closed;

  ConsumerPool(KafkaCluster cluster) {
    settings = new HashMap<>(cluster.consumer());
    // What retention has deleted must not be waited for.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    // What is read is there; a fetch that waits for more would hold up the next user's.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
  }

  KafkaConsumer<String, byte[]> take() {
    synchronized (this) {
      KafkaConsumer<String, byte[]> ready = idle.poll();
      if (ready != null) {
        return ready;
      }
    }
    return new KafkaConsumer<>(settings);
  }

  void give(KafkaConsumer<String, byte[]> used) {
    used.assign(List.of());
    synchronized (this) {
      if (!closed && idle.size() < MOST_IDLE) {
        idle.push(used);
        return;
      }
    }
    used.close();
  }

  /** Hands one back that may not be used any more. */
  void drop(KafkaConsumer<String, byte[]> broken) {
    // Whoever no longer wants to read interrupts the thread, and a consumer would not close then.
    boolean interrupted = Thread.interrupted();
    broken.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    List<KafkaConsumer<String, byte[]>> last;
    synchronized (this) {
      closed = true;
      last = List.copyOf(idle);
      idle.clear();
    }
    last.forEach(this::drop);
  }
}
