package io.millrace.worker.control;

import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Wire;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the control topic, all of it and without a group, because every worker must hear every
 * message. It begins in the past, as far back as a request may still be queued: a request that was
 * cancelled before this worker started must not be answered by it.
 *
 * <p>The consumer lives and dies on the thread {@code control-reader}.
 */
public final class ControlReader implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlReader.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final long RETRY_MILLIS = 1_000;

  private final Supplier<Consumer<String, byte[]>> consumers;
  private final String topic;
  private final BiConsumer<ControlMessage, Instant> listener;
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "control-reader");
  private Instant from;

  /**
   * @param consumers makes a consumer without a group
   * @param from messages before this moment do not matter any more
   * @param listener takes each message with the moment it was sent, on the reader's thread; a
   *     message may come twice
   */
  public ControlReader(
      Supplier<Consumer<String, byte[]>> consumers,
      String topic,
      Instant from,
      BiConsumer<ControlMessage, Instant> listener) {
    this.consumers = consumers;
    this.topic = topic;
    this.from = from;
    this.listener = listener;
  }

  /**
   * Starts to read.
   *
   * @return completed when all messages that were there at the start were heard
   */
  public CompletableFuture<Void> start() {
    thread.start();
    return caughtUp;
  }

  private void run() {
    do {
      try (Consumer<String, byte[]> consumer = consumers.get()) {
        read(consumer);
      } catch (KafkaException e) {
        log.warn("control topic {} cannot be read, trying again: {}", topic, e.toString());
      }
    } while (!closed(RETRY_MILLIS));
  }

  private void read(Consumer<String, byte[]> consumer) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException("it does not exist");
    }
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    consumer.assign(partitions);
    startOffsets(consumer, partitions, ends).forEach(consumer::seek);
    while (!closed(0)) {
      if (!caughtUp.isDone()
          && ends.entrySet().stream()
              .allMatch(e -> consumer.position(e.getKey()) >= e.getValue())) {
        caughtUp.complete(null);
      }
      for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
        tell(message);
      }
    }
  }

  private Map<TopicPartition, Long> startOffsets(
      Consumer<String, byte[]> consumer,
      List<TopicPartition> partitions,
      Map<TopicPartition, Long> ends) {
    Map<TopicPartition, OffsetAndTimestamp> found =
        consumer.offsetsForTimes(
            partitions.stream()
                .collect(Collectors.toMap(Function.identity(), p -> from.toEpochMilli())));
    return partitions.stream()
        .collect(
            Collectors.toMap(
                Function.identity(),
                p -> {
                  OffsetAndTimestamp at = found.get(p);
                  return at == null ? Objects.requireNonNull(ends.get(p)) : at.offset();
                }));
  }

  private void tell(ConsumerRecord<String, byte[]> message) {
    Instant at = Instant.ofEpochMilli(message.timestamp());
    from = at;
    try {
      listener.accept(
          Wire.decodeControl(message.value() == null ? new byte[0] : message.value()), at);
    } catch (Invalid e) {
      log.warn("control message at offset {} is none: {}", message.offset(), e.getMessage());
    } catch (RuntimeException e) {
      log.error("control message at offset {} could not be followed", message.offset(), e);
    }
  }

  private boolean closed(long waitMillis) {
    try {
      return closing.await(waitMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  @Override
  public void close() {
    closing.countDown();
    try {
      thread.join(Duration.ofSeconds(5).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
