package io.millrace.api.batches;

import io.millrace.api.results.ResultsReady;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The service that looks for batches that nobody drives, and has them driven: those that are new,
 * and those whose api has ended. What is under way when it stops stays where it is, for the next.
 */
@Component
final class BatchService implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(BatchService.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration SWEEP = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** More wait for another api, or until one has ended. */
  private static final int MOST_DRIVEN = 16;

  private final BatchStore store;
  private final BatchDriver driver;
  private final ResultsReady ready;

  /** Those that are driven here, by their folders. */
  private final Set<BatchFolder> driven = ConcurrentHashMap.newKeySet();

  private final Set<BatchFolder> ended = ConcurrentHashMap.newKeySet();

  /** When those that could not be driven are tried again. */
  private final Map<BatchFolder, Instant> later = new ConcurrentHashMap<>();

  private final AtomicInteger threads = new AtomicInteger();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "batch-timer"));
  private final ExecutorService drivers =
      Executors.newCachedThreadPool(task -> daemon(task, "batch-" + threads.incrementAndGet()));

  private volatile boolean running;

  BatchService(BatchStore store, BatchDriver driver, ResultsReady ready) {
    this.store = store;
    this.driver = driver;
    this.ready = ready;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void start() {
    running = true;
    timer.scheduleWithFixedDelay(
        this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(
        this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Has new batches driven now. */
  void lookNow() {
    try {
      timer.execute(this::look);
    } catch (RejectedExecutionException stopped) {
      log.debug("no batches are driven any more");
    }
  }

  private void look() {
    if (!ready.caughtUp().isDone()) {
      return;
    }
    try {
      Instant now = Instant.now();
      for (BatchFolder each : store.folders()) {
        Instant notBefore = later.getOrDefault(each, now);
        if (driven.size() < MOST_DRIVEN
            && !ended.contains(each)
            && !now.isBefore(notBefore)
            && driven.add(each)) {
          drivers.execute(() -> drive(each));
        }
      }
    } catch (IOException | UncheckedIOException | RejectedExecutionException e) {
      log.warn("the batches cannot be read: {}", e.toString());
    }
  }

  private void drive(BatchFolder folder) {
    try (BatchLock lock = folder.lock()) {
      if (lock == null) {
        return;
      }
      if (!folder.read().status().isEnd()) {
        driver.drive(folder);
      }
      ended.add(folder);
    } catch (InterruptedException | IOException | RuntimeException e) {
      failed(folder, e);
    } finally {
      driven.remove(folder);
    }
  }

  private void failed(BatchFolder folder, Exception e) {
    if (running) {
      later.put(folder, Instant.now().plus(PAUSE));
      log.warn("{} cannot go on, and is tried again: ", folder.path().getFileName(), e);
    }
  }

  private void sweep() {
    try {
      store.sweep();
    } catch (IOException | UncheckedIOException e) {
      log.warn("files whose time has passed cannot be deleted: {}", e.toString());
    }
  }

  @Override
  public void stop() {
    running = false;
    timer.shutdownNow();
    drivers.shutdownNow();
    try {
      if (!drivers.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("not all batches could be left in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** After the readers of topics, which it hears. */
  @Override
  public int getPhase() {
    return 1;
  }
}
