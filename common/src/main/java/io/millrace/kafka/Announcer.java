package io.millrace.worker.control;

import io.millrace.protocol.Wire;
import io.millrace.protocol.WorkerState;
import io.millrace.worker.reply.Outbox;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The announcements of a worker: every few seconds that it lives and how it is; and, as the last
 * thing, that it is gone.
 */
public final class WorkerAnnouncer {
  private static final Logger log = LoggerFactory.getLogger(WorkerAnnouncer.class);
  private static final Duration EVERY = Duration.ofSeconds(3);
  private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(5);

  private final Outbox outbox;
  private final String topic;
  private final String worker;
  private final Supplier<Optional<WorkerState>> state;
  private @Nullable ScheduledFuture<?> ticking;
  private boolean told;
  private boolean left;

  /**
   * @param state how the worker is now; empty when it cannot answer requests
   */
  public WorkerAnnouncer(
      Outbox outbox, String topic, String worker, Supplier<Optional<WorkerState>> state) {
    this.outbox = outbox;
    this.topic = topic;
    this.worker = worker;
    this.state = state;
  }

  /** Announces the worker now and from now on. */
  public synchronized void start(ScheduledExecutorService timer) {
    ticking =
        timer.scheduleWithFixedDelay(this::announce, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  private synchronized void announce() {
    if (left) {
      return;
    }
    try {
      Optional<WorkerState> now = state.get();
      if (now.isPresent() || told) {
        send(now.map(Wire::encode).orElse(null)).whenComplete(this::complain);
        told = now.isPresent();
      }
    } catch (RuntimeException e) {
      // An exception that leaves this method would end the ticking.
      log.error("worker {} cannot say how it is", worker, e);
    }
  }

  /** Takes the worker off the list, and waits until that is stored. */
  public synchronized void leave() {
    left = true;
    if (ticking != null) {
      ticking.cancel(false);
    }
    try {
      send(null).get(LEAVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.warn("worker {} could not say that it leaves: {}", worker, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<Void> send(byte @Nullable [] value) {
    return outbox.send(topic, () -> new ProducerRecord<>(topic, worker, value));
  }

  private void complain(@Nullable Void stored, @Nullable Throwable error) {
    if (error != null) {
      log.warn("worker {} could not say how it is: {}", worker, error.toString());
    }
  }
}
