package io.millrace.api;

import io.millrace.api.dispatch.RequestDispatcher;
import io.millrace.api.exchange.Exchanges;
import io.millrace.kafka.Announcer;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.context.SmartLifecycle;

/**
 * The life of this process as a reader of answers, as workers know of it: announced before the web
 * server listens; and ended after the web server, when the cancels of all that nobody can go on
 * with are stored.
 */
final class ReaderLife implements SmartLifecycle {
  private final Announcer announcer;
  private final Exchanges exchanges;
  private final RequestDispatcher dispatcher;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "reader-timer");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean running;

  ReaderLife(Announcer announcer, Exchanges exchanges, RequestDispatcher dispatcher) {
    this.announcer = announcer;
    this.exchanges = exchanges;
    this.dispatcher = dispatcher;
  }

  /** Announces it, so that the first request already can say who reads its answer. */
  @Override
  public void start() {
    announcer.announce();
    announcer.await();
    announcer.start(timer);
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    exchanges.unanswered().forEach(id -> dispatcher.cancel(id, "the service has stopped"));
    dispatcher.awaitCancels();
    announcer.leave();
    timer.shutdownNow();
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
