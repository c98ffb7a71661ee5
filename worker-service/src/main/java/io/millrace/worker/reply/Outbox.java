package io.millrace.worker.reply;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The queue of records on their way to Kafka, in the order in which they were given.
 *
 * <p>{@code KafkaProducer.send} waits for metadata and for room in its buffer, and the engine must
 * not wait: a bounded queue takes the records, and the thread {@code outbox} hands them to the
 * producer, which it alone closes.
 */
public final class Outbox implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);
  private static final long LOOK_UP_NANOS = 100_000_000;

  private final Producer<String, byte[]> producer;
  private final BlockingQueue<Entry> entries;
  private final long holdNanos;
  private final Thread thread;
  private volatile boolean closing;

  // Touched by the outbox's thread alone.
  private final List<Entry> held = new ArrayList<>();
  private long heldSince;

  /**
   * A record to send.
   *
   * @param told what to do at once
   * @param urgency when the record itself is sent
   */
  private record Entry(
      Runnable told,
      Supplier<ProducerRecord<String, byte[]>> record,
      Urgency urgency,
      CompletableFuture<Void> stored) {}

  private enum Urgency {
    NOW,
    /** With others of its kind, in a while. */
    HOLD,
    /** Now, and with it all that are held. */
    RELEASE
  }

  /**
   * Opens it and starts its thread.
   *
   * @param producer idempotent, so that retries keep the order
   * @param capacity records that may wait
   * @param hold how long a record is held whose reader was told by itself
   */
  public Outbox(Producer<String, byte[]> producer, int capacity, Duration hold) {
    this.producer = producer;
    this.holdNanos = hold.toNanos();
    this.entries = new ArrayBlockingQueue<>(capacity);
    this.thread = new Thread(this::run, "outbox");
    thread.start();
  }

  /**
   * Sends a record. Never waits.
   *
   * @param record makes the record, on the outbox's thread
   * @return completed, on a thread that must not be held up, when all in-sync replicas have the
   *     record; exceptionally when it is lost
   */
  public CompletableFuture<Void> send(Supplier<ProducerRecord<String, byte[]>> record) {
    return add(new Entry(() -> {}, record, Urgency.NOW, new CompletableFuture<>()));
  }

  /**
   * Tells a reader by itself, and sends the record a while later together with others: each request
   * costs a broker as much as many records do. Never waits.
   *
   * @param tell runs at once, on the outbox's thread
   * @param last whether the records held so far go now, this one included
   * @return as of {@link #send}
   */
  CompletableFuture<Void> tellAndSend(
      Runnable tell, Supplier<ProducerRecord<String, byte[]>> record, boolean last) {
    Urgency urgency = last ? Urgency.RELEASE : Urgency.HOLD;
    return add(new Entry(tell, record, urgency, new CompletableFuture<>()));
  }

  private CompletableFuture<Void> add(Entry entry) {
    if (closing || !entries.offer(entry)) {
      entry.stored.completeExceptionally(
          new IllegalStateException(
              closing ? "the worker has stopped" : "too many replies wait for Kafka"));
    }
    return entry.stored;
  }

  /**
   * Waits for the partitions of a topic, so that a later {@link #send} to it does not hold up
   * others.
   */
  void warmUp(String topic) {
    producer.partitionsFor(topic);
  }

  private void run() {
    while (!closing || !entries.isEmpty()) {
      try {
        Entry entry = entries.poll(longestWait(), TimeUnit.NANOSECONDS);
        if (entry != null) {
          take(entry);
        }
        if (!held.isEmpty() && heldLeft() <= 0) {
          release();
        }
      } catch (InterruptedException ignored) {
        // Only the process's end interrupts: what waits is handed over first.
        closing = true;
      }
    }
    release();
    producer.close(FLUSH_TIMEOUT);
  }

  private long longestWait() {
    return held.isEmpty() ? LOOK_UP_NANOS : Math.min(LOOK_UP_NANOS, heldLeft());
  }

  private long heldLeft() {
    return heldSince + holdNanos - System.nanoTime();
  }

  private void take(Entry entry) {
    try {
      entry.told.run();
    } catch (RuntimeException e) {
      log.error("a reader failed to take what it was told", e);
    }
    if (entry.urgency == Urgency.NOW) {
      hand(entry);
      return;
    }
    if (held.isEmpty()) {
      heldSince = System.nanoTime();
    }
    held.add(entry);
    if (entry.urgency == Urgency.RELEASE) {
      release();
    }
  }

  private void release() {
    held.forEach(this::hand);
    held.clear();
  }

  private void hand(Entry entry) {
    try {
      producer.send(
          entry.record.get(),
          (metadata, error) -> {
            if (error == null) {
              entry.stored.complete(null);
            } else {
              entry.stored.completeExceptionally(error);
            }
          });
    } catch (RuntimeException e) {
      entry.stored.completeExceptionally(e);
    }
  }

  /** Sends what waits, then closes the producer. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(2 * FLUSH_TIMEOUT.toMillis());
      if (thread.isAlive()) {
        log.warn("{} records were not sent: Kafka does not answer", entries.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
