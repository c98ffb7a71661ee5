package io.millrace.worker.reply;

import java.time.Duration;
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
 * Records on their way to Kafka, in the order in which they were given.
 *
 * <p>{@code KafkaProducer.send} waits for metadata and for room in its buffer, and the engine must
 * not wait: a bounded queue takes the records, and the thread {@code outbox} hands them to the
 * producer, which it alone closes.
 */
public final class Outbox implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);
  private static final long LOOK_UP_MILLIS = 100;

  private final Producer<String, byte[]> producer;
  private final BlockingQueue<Letter> letters;
  private final Thread thread;
  private volatile boolean closing;

  private record Letter(
      Supplier<ProducerRecord<String, byte[]>> record, CompletableFuture<Void> stored) {}

  /**
   * Opens it and starts its thread.
   *
   * @param producer idempotent, so that retries keep the order
   * @param capacity records that may wait
   */
  public Outbox(Producer<String, byte[]> producer, int capacity) {
    this.producer = producer;
    this.letters = new ArrayBlockingQueue<>(capacity);
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
    var letter = new Letter(record, new CompletableFuture<>());
    if (closing || !letters.offer(letter)) {
      letter.stored.completeExceptionally(
          new IllegalStateException(
              closing ? "the worker has stopped" : "too many replies wait for Kafka"));
    }
    return letter.stored;
  }

  /**
   * Waits for the partitions of a topic, so that a later {@link #send} to it does not hold up
   * others.
   */
  void warmUp(String topic) {
    producer.partitionsFor(topic);
  }

  private void run() {
    while (!closing || !letters.isEmpty()) {
      try {
        Letter letter = letters.poll(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
        if (letter != null) {
          hand(letter);
        }
      } catch (InterruptedException ignored) {
        // Only the process's end interrupts: what waits is handed over first.
        closing = true;
      }
    }
    producer.close(FLUSH_TIMEOUT);
  }

  private void hand(Letter letter) {
    try {
      producer.send(
          letter.record.get(),
          (metadata, error) -> {
            if (error == null) {
              letter.stored.complete(null);
            } else {
              letter.stored.completeExceptionally(error);
            }
          });
    } catch (RuntimeException e) {
      letter.stored.completeExceptionally(e);
    }
  }

  /** Sends what waits, then closes the producer. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(2 * FLUSH_TIMEOUT.toMillis());
      if (thread.isAlive()) {
        log.warn("{} records were not sent: Kafka does not answer", letters.size());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
