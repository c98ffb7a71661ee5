package io.millrace.api;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.Exchanges;
import io.millrace.protocol.FailureKind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Schedulers;

/**
 * The end of the answers that are open when the service is told to stop. Those that are complete
 * within the timeout come to their own end. Of the others, streams that another api can go on with
 * lose their connection; the rest ends with an error that says how to go on. As a bean it stops
 * before the web server, which then waits for all of them.
 */
final class AnswerDrain implements SmartLifecycle, AutoCloseable {
  /** How long the web server waits for the errors to be sent. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  private static final String RESUMABLE =
      "the service stops before the answer is complete; it can be resumed: send the request again,"
          + " with the text so far for the answer to go on from";

  private final Exchanges exchanges;
  private final Duration timeout;
  private final Disposable.Swap end = Disposables.swap();
  private volatile boolean running;

  AnswerDrain(Exchanges exchanges, Duration timeout) {
    this.exchanges = exchanges;
    this.timeout = timeout;
  }

  /** How long the web server takes at most to stop. */
  static Duration longest(Duration timeout) {
    return timeout.plus(LAST_WORDS);
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    end.update(
        Schedulers.parallel().schedule(this::endAll, timeout.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void endAll() {
    exchanges.stop(new RequestFailed(FailureKind.UNAVAILABLE, RESUMABLE));
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }

  /** Forgets the end: nothing is open any more. */
  @Override
  public void close() {
    end.dispose();
  }
}
