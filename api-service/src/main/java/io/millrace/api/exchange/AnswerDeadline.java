package io.millrace.api.exchange;

import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.FailureKind;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * The deadlines of one open question: of the whole answer, and, where it is streamed, of its first
 * token and of each after another. The first that passes fails the question.
 */
final class AnswerDeadline implements Disposable {
  private static final long NEVER = -1;

  private final Exchange exchange;
  private final AnswerTimeouts timeouts;
  private final Scheduler scheduler;
  private final Supplier<String> reason;
  private final Disposable.Composite timers = Disposables.composite();

  /** By the scheduler's clock, in milliseconds. */
  private volatile long lastTokenAt = NEVER;

  private AnswerDeadline(
      Exchange exchange, AnswerTimeouts timeouts, Scheduler scheduler, Supplier<String> reason) {
    this.exchange = exchange;
    this.timeouts = timeouts;
    this.scheduler = scheduler;
    this.reason = reason;
  }

  /**
   * Watches a question from now on.
   *
   * @param reason what is said of a question that no worker has begun, at the end of a sentence
   */
  static AnswerDeadline of(
      Exchange exchange,
      boolean streamed,
      AnswerTimeouts timeouts,
      Scheduler scheduler,
      Supplier<String> reason) {
    AnswerDeadline deadline = new AnswerDeadline(exchange, timeouts, scheduler, reason);
    Duration all = timeouts.all(streamed);
    deadline.after(all.toMillis(), () -> deadline.pass("complete answer", all));
    if (streamed) {
      exchange.whenItGoesOn(deadline::token);
      deadline.after(timeouts.firstToken().toMillis(), deadline::checkFirst);
    }
    return deadline;
  }

  /** Takes note of a token; one thread at a time. */
  private void token() {
    boolean first = lastTokenAt == NEVER;
    lastTokenAt = now();
    if (first) {
      after(timeouts.interToken().toMillis(), this::checkNext);
    }
  }

  private void checkFirst() {
    if (lastTokenAt == NEVER) {
      pass("first token", timeouts.firstToken());
    }
  }

  private void checkNext() {
    long left = lastTokenAt + timeouts.interToken().toMillis() - now();
    if (left > 0) {
      after(left, this::checkNext);
    } else {
      pass("further token", timeouts.interToken());
    }
  }

  private void pass(String missing, Duration timeout) {
    String late = "no %s within %d s".formatted(missing, timeout.toSeconds());
    String why = exchange.started() ? "" : reason.get();
    exchange.fail(new RequestFailed(FailureKind.DEADLINE, late + why));
  }

  private void after(long millis, Runnable check) {
    timers.add(scheduler.schedule(check, millis, TimeUnit.MILLISECONDS));
  }

  private long now() {
    return scheduler.now(TimeUnit.MILLISECONDS);
  }

  @Override
  public void dispose() {
    timers.dispose();
  }
}
