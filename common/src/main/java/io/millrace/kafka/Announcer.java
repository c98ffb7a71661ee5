package io.millrace.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The announcements of a worker or a reader on the workers topic: every few seconds that it lives
 * and how it is; and, as the last thing, that it is gone.
 *
 * <p>None is sent before the last one is stored or lost. So after an outage they do not come in a
 * heap, and their number says how much time has passed in which the topic could be written.
 */
public final class Announcer {
  private static final Logger log = LoggerFactory.getLogger(Announcer.class);

  /** From one announcement to the next. */
  public static final Duration EVERY = Duration.ofSeconds(3);

  /** Without a word for so long, others may soon take it for gone. */
  private static final Duration SILENCE = EVERY.multipliedBy(3);

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String name;
  private final Supplier<Optional<byte[]>> state;
  private final Sender sender;
  private final LongSupplier nanoTime;
  private @Nullable ScheduledFuture<?> ticking;
  private CompletableFuture<?> last = CompletableFuture.completedFuture(null);
  private boolean told;
  private boolean left;
  private volatile @Nullable Long heardAt;

  /** Whether the last one stored was not the first after a silence, of which few may know yet. */
  private volatile boolean known;

  private volatile boolean complained;

  /** A writer of one key of the workers topic. */
  @FunctionalInterface
  public interface Sender {
    /**
     * Writes a value, null to delete it; may wait a while, and throw whatever Kafka throws.
     *
     * @return completed when it is stored
     */
    CompletableFuture<?> send(byte @Nullable [] value);
  }

  /**
   * @param name for the log, such as {@code worker w-1}
   * @param state how it is now; empty when it is not there for others
   */
  public Announcer(String name, Supplier<Optional<byte[]>> state, Sender sender) {
    this(name, state, sender, System::nanoTime);
  }

  Announcer(String name, Supplier<Optional<byte[]>> state, Sender sender, LongSupplier nanoTime) {
    this.name = name;
    this.state = state;
    this.sender = sender;
    this.nanoTime = nanoTime;
  }

  /** Announces it now and from now on. */
  public synchronized void start(ScheduledExecutorService timer) {
    ticking =
        timer.scheduleWithFixedDelay(this::announce, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Announces it once, unless the last announcement is still under way. */
  public synchronized void announce() {
    if (left || !last.isDone()) {
      return;
    }
    try {
      Optional<byte[]> now = state.get();
      if (now.isPresent() || told) {
        told = now.isPresent();
        last = send(now.orElse(null));
        last.whenComplete(this::note);
      }
    } catch (RuntimeException e) {
      // An exception that leaves this method would end the ticking.
      log.error("{} cannot say how it is", name, e);
    }
  }

  private CompletableFuture<?> send(byte @Nullable [] value) {
    try {
      return sender.send(value);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void note(@Nullable Object stored, @Nullable Throwable error) {
    if (error == null) {
      Long before = heardAt;
      known = before == null || !isOld(before);
      heardAt = nanoTime.getAsLong();
    }
    if (error != null && !complained) {
      log.warn("{} could not say how it is: {}", name, KafkaCluster.rootMessage(error));
    }
    complained = error != null;
  }

  private boolean isOld(long at) {
    return nanoTime.getAsLong() - at > SILENCE.toNanos();
  }

  /**
   * Whether others know that it lives: an announcement is stored, and was not long ago. After a
   * silence, such as that of a process that was frozen, it takes two: whoever took it for gone
   * reads other topics beside this one, in any order.
   */
  public boolean isHeard() {
    Long last = heardAt;
    return last != null && known && !isOld(last);
  }

  /** Waits a few seconds for the announcement that is under way, whatever becomes of it. */
  public void await() {
    CompletableFuture<?> underWay;
    synchronized (this) {
      underWay = last;
    }
    await(underWay);
  }

  /** Says that it is gone, and waits until that is stored. */
  public void leave() {
    CompletableFuture<?> gone;
    synchronized (this) {
      left = true;
      if (ticking != null) {
        ticking.cancel(false);
      }
      gone = send(null);
    }
    await(gone)
        .ifPresent(
            e ->
                log.warn("{} could not say that it leaves: {}", name, KafkaCluster.rootMessage(e)));
  }

  /** Why it is not stored within a few seconds; empty if it is. */
  private static Optional<Exception> await(CompletableFuture<?> stored) {
    try {
      stored.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      return Optional.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(e);
    }
  }
}
