package io.millrace.worker.intake;

import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * A place for one request: a thread with a share consumer that holds at most one lease.
 *
 * <p>A share consumer gets nothing new while it holds a lease, so each slot has its own. Each call
 * of {@code poll} tells the consumer's network thread to fetch one record, even when that thread is
 * about to hand one over: the second would lie unseen until its lock expires. So a slot polls once
 * for each record, for as long as records are fetched at all, and closes a consumer that it has
 * woken, with all that it may hold by then. The consumer is made when it is first needed, and lives
 * on this thread alone.
 */
final class Slot implements RequestTaker {
  /** How often to look whether a poll still fetches: as long as a fetch may wait for a record. */
  static final Duration LOOK = Duration.ofMillis(KafkaCluster.SHARE_FETCH_WAIT_MILLIS);

  private static final Duration POLL = Duration.ofDays(1);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration RETRY_FULL_GROUP = Duration.ofSeconds(30);

  private final int number;
  private final RequestClass requestClass;
  private final String topic;
  private final Supplier<ShareConsumer<String, byte[]>> consumers;
  private final PollGate gate;
  private final SlotHealth health;
  private final Runnable connected;
  private final Function<Delivery, LeasedTask> handler;
  private @Nullable ShareConsumer<String, byte[]> consumer;
  private @Nullable ConnectionCount connections;

  /** Bytes of the record that the consumer gave last. */
  private int lastBytes;

  /** Of the consumer that polls now, which alone may be woken; guarded by this. */
  private @Nullable FetchProgress fetches;

  /** Guarded by this. */
  private boolean woken;

  /**
   * @param connected told before a request is handled that came over a new connection
   */
  Slot(
      int number,
      RequestClass requestClass,
      String topic,
      Supplier<ShareConsumer<String, byte[]>> consumers,
      PollGate gate,
      SlotHealth health,
      Runnable connected,
      Function<Delivery, LeasedTask> handler) {
    this.number = number;
    this.requestClass = requestClass;
    this.topic = topic;
    this.consumers = consumers;
    this.gate = gate;
    this.health = health;
    this.connected = connected;
    this.handler = handler;
  }

  @Override
  public void run() {
    try {
      while (gate.enter(requestClass, number)) {
        turn();
      }
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeConsumer();
    }
  }

  /** From a token to poll to the end of one lease. */
  private void turn() throws InterruptedException {
    boolean holding = false;
    Duration pause = Duration.ZERO;
    try {
      ShareConsumer<String, byte[]> polled = connected();
      long begin = System.nanoTime();
      ConsumerRecord<String, byte[]> record = next(polled);
      if (record == null) {
        closeConsumer();
      } else {
        gate.took(requestClass, number, Duration.ofNanos(System.nanoTime() - begin));
        holding = true;
        lastBytes = record.value() == null ? 0 : record.value().length;
        noticeConnections();
        hold(new Lease(connected(), record), record);
      }
    } catch (InterruptException e) {
      throw e;
    } catch (RuntimeException e) {
      health.failed(requestClass, e);
      closeConsumer();
      pause = e instanceof GroupMaxSizeReachedException ? RETRY_FULL_GROUP : RETRY;
    } finally {
      if (holding) {
        gate.settled(requestClass);
      } else {
        gate.left(requestClass, number);
      }
    }
    gate.pause(pause);
  }

  private ShareConsumer<String, byte[]> connected() {
    if (consumer == null) {
      consumer = consumers.get();
      consumer.subscribe(List.of(topic));
      connections = new ConnectionCount(consumer);
      health.joined(requestClass, number, consumer.metrics());
    }
    return consumer;
  }

  /**
   * The next request; null if the gate is shut first or the poll stalls. The consumer is closed
   * then, and what has come too late is given back.
   */
  private @Nullable ConsumerRecord<String, byte[]> next(ShareConsumer<String, byte[]> consumer) {
    if (!beginPoll(new FetchProgress(consumer, lastBytes))) {
      return null;
    }
    try {
      ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
      // A wake-up that comes too late to end this poll would end whatever is asked next.
      return endPoll() || records.isEmpty() ? null : records.iterator().next();
    } catch (WakeupException inVain) {
      return null;
    } finally {
      endPoll();
    }
  }

  private void noticeConnections() {
    if (connections != null && connections.hasGrown()) {
      connected.run();
    }
  }

  private synchronized boolean beginPoll(FetchProgress progress) {
    fetches = gate.isOpen() ? progress : null;
    woken = false;
    return fetches != null;
  }

  /** From here on nothing is woken; whether it was before. */
  private synchronized boolean endPoll() {
    fetches = null;
    return woken || !gate.isOpen();
  }

  @Override
  public String threadName() {
    return "slot-" + requestClass.label() + "-" + number;
  }

  /** Ends a poll in vain. */
  @Override
  public synchronized void wake() {
    if (fetches != null && consumer != null) {
      woken = true;
      consumer.wakeup();
    }
  }

  @Override
  public synchronized void wakeIfVain() {
    if (fetches != null && fetches.isVain()) {
      wake();
    }
  }

  private void hold(Lease lease, ConsumerRecord<String, byte[]> record)
      throws InterruptedException {
    LeasedTask task = handler.apply(Delivery.of(record));
    try {
      while (true) {
        AcknowledgeType outcome = await(task.outcome(), lease.renewEvery());
        if (outcome != null) {
          lease.settle(outcome);
          return;
        }
        if (!lease.renew()) {
          health.lost(1);
          task.leaseLost().run();
          closeConsumer();
          return;
        }
        health.renewed();
      }
    } catch (RuntimeException e) {
      health.lost(1);
      task.leaseLost().run();
      throw e;
    }
  }

  private static @Nullable AcknowledgeType await(
      CompletableFuture<AcknowledgeType> outcome, Duration atMost) throws InterruptedException {
    try {
      return outcome.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException stillWorking) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("an outcome must not fail", e.getCause());
    }
  }

  /** Gives back whatever is still held. */
  private void closeConsumer() {
    if (consumer != null) {
      health.parted(requestClass, number);
      try {
        consumer.close(RETRY);
      } catch (KafkaException e) {
        health.failed(requestClass, e);
      }
      consumer = null;
      lastBytes = 0;
    }
  }
}
