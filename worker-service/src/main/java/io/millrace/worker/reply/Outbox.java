package io.millrace.worker.reply;

import io.millrace.protocol.RecordPlace;
import io.millrace.worker.reply.RecordStream.Destination;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queues of records on their way to Kafka, in the order in which they were given.
 *
 * <p>{@code KafkaProducer.send} waits for metadata and for room in its buffer, and the engine must
 * not wait; nor must a stream wait for another whose topic has vanished. So each destination has a
 * bounded queue and a thread that hands its records to the producer, for as long as there are any.
 */
public final class Outbox implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);

  private final Producer<String, byte[]> producer;
  private final int capacity;
  private final Duration hold;

  /** Guarded by this. */
  private final Map<Destination, DestinationQueue> queues = new HashMap<>();

  /** Guarded by this. */
  private boolean closing;

  /**
   * @param producer idempotent, so that retries keep the order; closed with this
   * @param capacity records that may wait for one destination
   * @param hold how long a record is held whose reader was told by itself
   */
  public Outbox(Producer<String, byte[]> producer, int capacity, Duration hold) {
    this.producer = producer;
    this.capacity = capacity;
    this.hold = hold;
  }

  /** Sends a record that belongs to no others, see {@link RecordStream#send}. Never waits. */
  public CompletableFuture<RecordPlace> send(
      String topic, Supplier<ProducerRecord<String, byte[]>> record) {
    return open(new Destination(topic, null)).send(record);
  }

  /** A stream of records that belong together. */
  RecordStream open(Destination to) {
    return new RecordStream(this, to);
  }

  synchronized void add(Destination to, RecordStream.Entry entry) {
    if (closing) {
      entry.lost(new IllegalStateException("the worker has stopped"));
    } else if (!queues.computeIfAbsent(to, this::start).offer(entry)) {
      entry.lost(new IllegalStateException("too many replies wait for Kafka"));
    }
  }

  private DestinationQueue start(Destination to) {
    DestinationQueue queue =
        new DestinationQueue(
            "outbox-" + to.topic(), producer, capacity, hold, idle -> retire(to, idle));
    queue.start();
    return queue;
  }

  private synchronized boolean retire(Destination from, DestinationQueue idle) {
    return idle.isEmpty() && queues.remove(from, idle);
  }

  /**
   * Waits for the partitions of a topic, so that a later record to it does not wait for them.
   *
   * @throws org.apache.kafka.common.KafkaException if they are not to be had
   */
  void warmUp(String topic) {
    producer.partitionsFor(topic);
  }

  /** Sends what waits, then closes the producer. */
  @Override
  public void close() {
    List<DestinationQueue> last;
    synchronized (this) {
      closing = true;
      last = List.copyOf(queues.values());
    }
    last.forEach(DestinationQueue::close);
    long end = System.nanoTime() + 2 * FLUSH_TIMEOUT.toNanos();
    try {
      for (DestinationQueue queue : last) {
        int unsent = queue.join(end - System.nanoTime());
        if (unsent > 0) {
          log.warn("{} records were not sent: Kafka does not answer", unsent);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(FLUSH_TIMEOUT);
  }
}
