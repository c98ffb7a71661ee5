package io.millrace.worker.intake;

import io.millrace.engine.GenerationEngine;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Reply;
import io.millrace.worker.reply.UnreadableHistory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of answers that the engine works on. Safe for use by several threads.
 *
 * <p>A lease can be lost while its answer goes on: the broker was away, or this process was. The
 * answer then waits a while for the request to be delivered here again, and goes on under the new
 * lease; if that does not come, another worker has it, and the answer is dropped.
 */
final class RunningAnswers {
  private static final Logger log = LoggerFactory.getLogger(RunningAnswers.class);

  /** As good as for ever: what clients write may be all time from one end to the other. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final GenerationEngine engine;
  private final Takeover takeover;
  private final ScheduledExecutorService timer;
  private final InstantSource clock;
  private final Duration orphanGrace;

  /** By the record that asked; guarded by this. */
  private final Map<RecordId, Entry> running = new HashMap<>();

  /** Guarded by this. */
  private boolean stopping;

  /** Guarded by this. */
  private boolean suspended;

  /** Its fields are guarded by the answers. */
  private static final class Entry {
    final Answer answer;

    /** The request's own id, unless another asker's request with the same one is answered. */
    String engineId;

    int leases = 1;

    /** The number, by {@link Takeover}, of the delivery that gave the last of the leases. */
    int lastNumber;

    boolean submitted;

    /** Why the engine must stop as soon as it has the request. */
    @Nullable String stopReason;

    Entry(Answer answer) {
      this.answer = answer;
      this.engineId = answer.id();
      this.lastNumber = answer.delivery().attempt();
    }
  }

  /**
   * @param takeover of requests that were begun before
   * @param orphanGrace how long an answer without a lease goes on
   */
  RunningAnswers(
      GenerationEngine engine,
      Takeover takeover,
      ScheduledExecutorService timer,
      InstantSource clock,
      Duration orphanGrace) {
    this.engine = engine;
    this.takeover = takeover;
    this.timer = timer;
    this.clock = clock;
    this.orphanGrace = orphanGrace;
  }

  /**
   * Gives the lease just got to the answer that already runs, if one does. One that another worker
   * has begun to answer in between is dropped: readers pass over whatever it says.
   */
  Optional<LeasedTask> adopt(Delivery delivery) {
    Entry known = lease(delivery.id());
    if (known == null) {
      return Optional.empty();
    }
    if (goesOn(known, delivery)) {
      return Optional.of(task(known));
    }
    remove(known);
    abandon(known, "another worker may have begun to answer it");
    return Optional.empty();
  }

  private synchronized @Nullable Entry lease(RecordId record) {
    Entry known = running.get(record);
    if (known != null) {
      known.leases++;
    }
    return known;
  }

  /**
   * Whether nobody has begun in between. Of deliveries by one leader Kafka says it; a new leader
   * may have forgotten one to another worker.
   */
  private boolean goesOn(Entry known, Delivery delivery) {
    try {
      int number = takeover.number(delivery);
      if (number > lastNumber(known) + 1) {
        if (!takeover.goOn(known.answer, delivery, number)) {
          return false;
        }
        known.answer.begin(number);
      }
      takenAs(known, number);
      return true;
    } catch (UnreadableHistory | ClusterNotReady | KafkaException e) {
      return false;
    }
  }

  private synchronized int lastNumber(Entry entry) {
    return entry.lastNumber;
  }

  private synchronized void takenAs(Entry entry, int number) {
    entry.lastNumber = Math.max(entry.lastNumber, number);
  }

  /**
   * Begins to answer, unless another slot was quicker with the same record. Whatever is thrown, the
   * answer is not in the table afterwards.
   */
  LeasedTask start(Answer answer) {
    Entry started = new Entry(answer);
    boolean isFirst;
    synchronized (this) {
      if (stopping || suspended) {
        answer.abandon();
        return LeasedTask.of(answer.outcome());
      }
      isFirst = running.putIfAbsent(answer.record(), started) == null;
      if (isFirst && isUsed(answer.id(), started)) {
        started.engineId = answer.record().asRequestId();
      }
    }
    if (!isFirst) {
      return adopt(answer.delivery()).orElseGet(() -> start(answer));
    }
    try {
      begin(started);
    } catch (RuntimeException | Error e) {
      answer.abandon();
      remove(started);
      throw e;
    }
    return task(started);
  }

  private boolean isUsed(String engineId, Entry except) {
    return running.values().stream()
        .anyMatch(other -> other != except && other.engineId.equals(engineId));
  }

  private void begin(Entry started) {
    Answer answer = started.answer;
    Instant now = clock.instant();
    long queuedMillis = millis(answer.request().createdAt(), now);
    Future<?> deadline = watchDeadline(started, now);
    answer
        .outcome()
        .whenComplete(
            (outcome, error) -> {
              if (deadline != null) {
                deadline.cancel(false);
              }
              remove(started);
            });
    answer.replies().delivered().exceptionally(lost -> stop(started, "its replies are lost"));
    try {
      takenAs(started, takeover.number(answer.delivery()));
      goOn(started, takeover.begin(answer, queuedMillis));
    } catch (UnreadableHistory | ClusterNotReady | KafkaException e) {
      log.warn("{} is given back: {}", answer.id(), e.getMessage());
      answer.abandon();
    }
  }

  private void goOn(Entry started, Takeover.Attempt attempt) {
    Answer answer = started.answer;
    answer.begin(attempt.number());
    if (attempt.prior().ended()) {
      log.info("{} was answered before", answer.id());
      answer.replies().end(attempt.number());
    } else if (attempt.oneTooMany()) {
      giveUp(answer);
    } else if (!answer.outcome().isDone()) {
      submit(started, attempt.prior());
    }
  }

  private void giveUp(Answer answer) {
    String message = "the request was given up after %d attempts".formatted(takeover.maxAttempts());
    answer.accept(
        new Reply.Failed(
            answer.id(), answer.attempt(), 0, new Problem(FailureKind.INTERNAL, message, null)));
  }

  /** From one moment to a later one; 0 if it is not later. */
  private static long millis(Instant from, Instant to) {
    Duration time = Duration.between(from, to);
    if (time.isNegative()) {
      return 0;
    }
    return (time.compareTo(LONGEST) > 0 ? LONGEST : time).toMillis();
  }

  private void submit(Entry started, PriorOutput prior) {
    Answer answer = started.answer;
    try {
      engine.submit(answer.request().withId(started.engineId), answer.attempt(), prior, answer);
    } catch (RuntimeException e) {
      log.error("{} could not be given to the engine", answer.id(), e);
      answer.abandon();
      return;
    }
    String stopReason;
    synchronized (this) {
      started.submitted = true;
      stopReason = started.stopReason;
    }
    if (stopReason != null) {
      engine.cancel(started.engineId, stopReason);
    }
  }

  private LeasedTask task(Entry running) {
    return new LeasedTask(running.answer.outcome(), () -> leaseLost(running));
  }

  private @Nullable Future<?> watchDeadline(Entry started, Instant now) {
    Answer answer = started.answer;
    Instant deadline = answer.request().deadline();
    if (deadline == null) {
      return null;
    }
    Runnable expire =
        () -> {
          answer.expire();
          stop(started, "its deadline passed");
        };
    return timer.schedule(expire, millis(now, deadline), TimeUnit.MILLISECONDS);
  }

  private synchronized void remove(Entry ended) {
    running.remove(ended.answer.record(), ended);
  }

  private synchronized void leaseLost(Entry orphan) {
    orphan.leases--;
    if (orphan.leases == 0 && !orphan.answer.outcome().isDone()) {
      timer.schedule(() -> dropUnlessLeased(orphan), orphanGrace.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void dropUnlessLeased(Entry orphan) {
    if (orphan.leases == 0 && !orphan.answer.outcome().isDone()) {
      log.warn("{} is answered by another worker", orphan.answer.id());
      abandon(orphan, "another worker answers it");
    }
  }

  /** Ends the answers to a request, if they run here, with a reply that says so. */
  void cancel(String id, String why) {
    all().stream().filter(one -> one.answer.id().equals(id)).forEach(one -> stop(one, why));
  }

  /** Ends the answers that nobody reads any more. */
  void cancelUnread(AnswerReaders readers) {
    all().stream()
        .filter(one -> readers.haveLeft(one.answer.request(), one.answer.delivery().time()))
        .forEach(
            one -> {
              one.answer.leaveUnread();
              stop(one, Readers.GONE.message());
            });
  }

  private synchronized List<Entry> all() {
    return List.copyOf(running.values());
  }

  /** Ends all answers without a reply, so that other workers begin them anew; starts no more. */
  void abandonAll(String why) {
    synchronized (this) {
      stopping = true;
    }
    leaveAll(why);
  }

  /** Leaves all answers to other workers; starts none until {@link #resume}. */
  void suspend(String why) {
    synchronized (this) {
      suspended = true;
    }
    leaveAll(why);
  }

  synchronized void resume() {
    suspended = false;
  }

  private void leaveAll(String why) {
    List<Entry> all = all();
    if (!all.isEmpty()) {
      log.warn("{} answers are left to other workers: {}", all.size(), why);
    }
    all.forEach(one -> abandon(one, why));
  }

  private void abandon(Entry running, String why) {
    running.answer.abandon();
    stop(running, why);
  }

  /** The engine knows nothing of a request that it does not have yet. */
  private @Nullable Void stop(Entry running, String why) {
    synchronized (this) {
      if (!running.submitted) {
        running.stopReason = why;
        return null;
      }
    }
    engine.cancel(running.engineId, why);
    return null;
  }
}
