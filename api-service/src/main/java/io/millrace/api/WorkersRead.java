package io.millrace.api;

import io.millrace.kafka.TopicReader;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The wait, before the web server listens, until all is read that workers have said of themselves
 * and of models: a model that is known must not be refused as unknown just after a start.
 */
final class WorkersRead implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(WorkersRead.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TopicReader workers;
  private volatile boolean running;

  /**
   * @param workers starts before this
   */
  WorkersRead(TopicReader workers) {
    this.workers = workers;
  }

  @Override
  public void start() {
    try {
      workers.caughtUp().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      log.warn("not all models are known yet: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Within that of the web server. */
  @Override
  public int getPhase() {
    return 0;
  }
}
