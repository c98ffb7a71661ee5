package io.millrace.worker.reply;

import io.millrace.protocol.RecordPlace;
import io.millrace.worker.reply.RecordStream.Entry;
import io.millrace.worker.reply.RecordStream.Urgency;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queue of records to one destination, and the thread that hands them to the producer. */
final class DestinationQueue {
  private static final Logger log = LoggerFactory.getLogger(DestinationQueue.class);
  private static final long LOOK_UP_NANOS = 100_000_000;
  private static final long IDLE_NANOS = Duration.ofMinutes(1).toNanos();

  private final Producer<String, byte[]> producer;
  private final BlockingQueue<Entry> entries;
  private final long holdNanos;
  private final Predicate<DestinationQueue> retire;
  private volatile boolean closing;
  private final Thread thread;

  // Touched by the queue's thread alone.
  private final Deque<Entry> held = new ArrayDeque<>();
  private long heldSince;
  private long lastTaken = System.nanoTime();

  /**
   * @param name of the thread
   * @param capacity records that may wait
   * @param hold how long a record is held whose reader was told by itself
   * @param retire takes a queue that has long been empty out of use; false if a record came first
   */
  DestinationQueue(
      String name,
      Producer<String, byte[]> producer,
      int capacity,
      Duration hold,
      Predicate<DestinationQueue> retire) {
    this.producer = producer;
    this.entries = new LinkedBlockingQueue<>(capacity);
    this.holdNanos = hold.toNanos();
    this.retire = retire;
    this.thread = new Thread(this::run, name);
  }

  void start() {
    thread.start();
  }

  boolean offer(Entry entry) {
    return entries.offer(entry);
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Lets the thread end once it has handed over what waits. */
  void close() {
    closing = true;
  }

  /** Waits for the thread's end; how many records are left if that does not come in time. */
  int join(long nanos) throws InterruptedException {
    thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
    return thread.isAlive() ? Math.max(1, entries.size()) : 0;
  }

  private void run() {
    while (!isDone()) {
      try {
        Entry entry = entries.poll(longestWait(), TimeUnit.NANOSECONDS);
        if (entry != null) {
          lastTaken = System.nanoTime();
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
  }

  private boolean isDone() {
    if (closing) {
      return entries.isEmpty();
    }
    return held.isEmpty() && System.nanoTime() - lastTaken > IDLE_NANOS && retire.test(this);
  }

  private long longestWait() {
    return held.isEmpty() ? LOOK_UP_NANOS : Math.min(LOOK_UP_NANOS, heldLeft());
  }

  private long heldLeft() {
    return heldSince + holdNanos - System.nanoTime();
  }

  private void take(Entry entry) {
    if (entry.stream().loss() == null) {
      tell(entry);
    }
    if (entry.urgency() == Urgency.NOW) {
      hand(entry);
      return;
    }
    if (held.isEmpty()) {
      heldSince = System.nanoTime();
    }
    held.add(entry);
    if (entry.urgency() == Urgency.RELEASE) {
      release();
    }
  }

  private static void tell(Entry entry) {
    try {
      entry.told().run();
    } catch (RuntimeException e) {
      log.error("a reader failed to take what it was told", e);
    }
  }

  private void release() {
    while (!held.isEmpty()) {
      hand(held.remove());
    }
  }

  private void hand(Entry entry) {
    Throwable loss = entry.stream().loss();
    if (loss != null) {
      entry.lost(loss);
      return;
    }
    try {
      producer.send(
          entry.record().get(),
          (metadata, error) -> {
            if (error == null) {
              entry
                  .stored()
                  .complete(
                      new RecordPlace(metadata.topic(), metadata.partition(), metadata.offset()));
            } else {
              lose(entry, error);
            }
          });
    } catch (RuntimeException e) {
      lose(entry, e);
    }
  }

  /**
   * Says that a record is lost. What waits behind one whose destination is not there would wait as
   * long, and in vain, so that it is lost as well; what comes once that is told is tried.
   */
  private void lose(Entry entry, Throwable why) {
    List<Entry> waiting = new ArrayList<>();
    if (isAbsence(why) && Thread.currentThread() == thread) {
      waiting.addAll(held);
      held.clear();
      entries.drainTo(waiting);
    }
    entry.lost(why);
    waiting.forEach(behind -> behind.lost(why));
  }

  /** Whether the producer has waited in vain for the destination to be there. */
  private static boolean isAbsence(Throwable loss) {
    return loss instanceof TimeoutException && !(loss instanceof BufferExhaustedException);
  }
}
