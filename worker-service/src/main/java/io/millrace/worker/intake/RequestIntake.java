package io.millrace.worker.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.RequestClass;
import io.millrace.trace.Tracing;
import io.millrace.worker.reply.DeadLetters;
import io.millrace.worker.reply.ReplyHistory;
import io.millrace.worker.reply.ReplySender;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The intake of requests of one model from Kafka: those who take them, for both classes, and what
 * they share.
 */
public final class RequestIntake {
  private static final Logger log = LoggerFactory.getLogger(RequestIntake.class);
  private static final Duration ENGINE_CHECK = Duration.ofSeconds(1);
  private static final Duration RELEASE_TIMEOUT = Duration.ofSeconds(10);

  private final EngineHealth engineHealth;
  private final ScheduledExecutorService timer;
  private final PollGate gate;
  private final SlotHealth health;
  private final Backlog backlog;
  private final BacklogHealth backlogHealth;
  private final RunningAnswers answers;
  private final CancelledIds cancelled = new CancelledIds();
  private final AnswerReaders readers;
  private final List<RequestTaker> takers;
  private final List<Thread> threads;

  /** Of the timer alone. */
  private boolean failed;

  private volatile boolean stalled;

  /**
   * Lays it out; no request is taken before {@link #start}.
   *
   * @param source where the requests are
   * @param timer watches deadlines and the engine; stays the caller's to shut down
   */
  public RequestIntake(
      IntakeSettings settings,
      RequestSource source,
      GenerationEngine engine,
      Readers readers,
      ReplySender replies,
      ReplyHistory history,
      DeadLetters deadLetters,
      ScheduledExecutorService timer,
      Tracing tracing,
      MeterRegistry meters,
      Tags tags) {
    this.engineHealth = new EngineHealth(engine, settings.stepTimeout());
    this.timer = timer;
    this.readers = new AnswerReaders(readers);
    IntakeMetrics metrics = new IntakeMetrics(meters, tags);
    this.gate =
        new PollGate(
            settings.slots(),
            settings.reservedSlots(),
            settings.batchSlots(),
            settings.requestTopics(),
            IntakeSettings.POLL_TOKENS,
            IntakeSettings.FULL_REST,
            System::nanoTime);
    metrics.watch(gate, meters, tags);
    this.health = new SlotHealth(metrics, System::nanoTime);
    this.backlog = source.backlog();
    this.backlogHealth =
        new BacklogHealth(gate, backlog, settings.backlogTimeout(), System::nanoTime);
    InstantSource clock = InstantSource.system();
    Takeover takeover =
        new Takeover(
            settings.worker(),
            history,
            source.epochs(),
            source.maxDeliveries() / 2,
            IntakeSettings.MAX_ATTEMPTS);
    this.answers = new RunningAnswers(engine, takeover, timer, clock, IntakeSettings.ORPHAN_GRACE);
    RequestHandler handler =
        new RequestHandler(
            settings.topics(),
            settings.model(),
            answers,
            cancelled,
            this.readers,
            replies,
            deadLetters,
            metrics,
            clock,
            tracing,
            source.maxDeliveries());
    this.takers = source.takers(settings, gate, health, handler::handle);
    this.threads = takers.stream().map(taker -> new Thread(taker, taker.threadName())).toList();
  }

  /** Begins to take requests. */
  public void start() {
    threads.forEach(Thread::start);
    timer.scheduleWithFixedDelay(
        this::watchEngine, ENGINE_CHECK.toMillis(), ENGINE_CHECK.toMillis(), TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(
        () -> takers.forEach(RequestTaker::wakeIfVain),
        Slot.LOOK.toMillis(),
        Slot.LOOK.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private void watchEngine() {
    Optional<String> failure = engineHealth.failure();
    Optional<String> stall = engineHealth.stall();
    if (failure.isPresent()) {
      giveUp(failure.get());
    } else if (stall.isPresent() && !stalled) {
      suspend(stall.get());
    } else if (stall.isEmpty() && stalled) {
      resume();
    }
  }

  private void giveUp(String why) {
    if (!failed) {
      failed = true;
      log.error("no more requests are taken, {}", why);
      stopTaking();
      leaveToOthers("the engine has failed");
    }
  }

  /** Keeps no lease that the engine does nothing for: the broker gives it to another worker. */
  private void suspend(String why) {
    stalled = true;
    log.error("no requests are taken for now, {}", why);
    gate.suspend();
    takers.forEach(RequestTaker::wake);
    awaitNoPolls();
    answers.suspend("a step of the engine takes too long");
  }

  /** What was left to others is cancelled in the engine by now: its mailbox keeps the order. */
  private void resume() {
    log.info("requests are taken again, the step of the engine that took too long has ended");
    answers.resume();
    gate.resume();
    stalled = false;
  }

  /**
   * Looks whether requests wait in vain, and whether any of the batch class wait at all; to be
   * called every few seconds, as it may wait for Kafka.
   */
  public void lookAtBacklog() {
    try {
      lookAtBatch();
      backlogHealth.look();
    } catch (KafkaException e) {
      // The slots' health says so.
      log.debug("the backlog is not known: {}", e.toString());
    } catch (RuntimeException e) {
      // An exception that leaves this method would end the looking.
      log.error("the backlog could not be looked at", e);
    }
  }

  private void lookAtBatch() {
    int held = gate.held(RequestClass.BATCH) + backlog.heldByOthers(RequestClass.BATCH);
    gate.batchWaits(backlog.of(RequestClass.BATCH) > held);
  }

  /** How long requests have had slots so far. */
  public SlotTimes slotTimes() {
    return gate.times();
  }

  /** Why the engine answers nothing, for good or for now; empty while it works. */
  public Optional<String> engineFault() {
    return engineHealth.failure().or(engineHealth::stall);
  }

  /** Stops a request that runs here, or that is still to come. */
  public void cancel(ControlMessage.Cancel cancel, Instant at) {
    if (readers.isPassedOn(cancel)) {
      log.debug("{} is not cancelled: another one reads it now", cancel.id());
      return;
    }
    cancelled.add(cancel.id(), at, cancel.why());
    answers.cancel(cancel.id(), cancel.why());
  }

  /** Takes note that another one reads the answer to a request, here or still to come. */
  public void resume(ControlMessage.Resume resume, Instant at) {
    readers.resumed(resume, at);
  }

  /** Stops the requests that run here and whose readers are gone by now. */
  public void cancelUnread() {
    answers.cancelUnread(readers);
  }

  /** Takes note whether other workers of the model live, which may be emptier than this one. */
  public void contended(boolean byOthers) {
    gate.contended(byOthers);
  }

  /** How many requests are held now. */
  public int held() {
    return gate.held();
  }

  /** How many of one class are held now. */
  public int held(RequestClass requestClass) {
    return gate.held(requestClass);
  }

  /** Why no requests can come in; empty if they can. */
  public Optional<String> notReady() {
    if (gate.isClosed()) {
      return Optional.of("the worker takes no more requests");
    }
    return stalled
        ? Optional.of("the worker takes no requests until a step of the engine ends")
        : health.notReady(RequestClass.INTERACTIVE).or(backlogHealth::fault);
  }

  /** Takes no more requests; those that it has go on. */
  public void stopTaking() {
    gate.close();
    takers.forEach(RequestTaker::wake);
  }

  /**
   * Takes no more requests, ends those that run, and leaves to others what is not done in time.
   *
   * @param timeout how long to wait for those that run
   */
  public void drain(Duration timeout) {
    stopTaking();
    int running = gate.held();
    if (running > 0) {
      log.info("waiting up to {} s for {} requests to end", timeout.toSeconds(), running);
    }
    if (!join(timeout)) {
      leaveToOthers("the worker stops");
      if (!join(RELEASE_TIMEOUT)) {
        threads.forEach(Thread::interrupt);
      }
    }
  }

  private void leaveToOthers(String why) {
    awaitNoPolls();
    answers.abandonAll(why);
  }

  /** Waits for slots that still poll, lest one of them gets what another gives back. */
  private void awaitNoPolls() {
    try {
      gate.awaitNoPolls(RELEASE_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean join(Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    try {
      for (Thread thread : threads) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (thread.isAlive()) {
          thread.join(Math.max(1, left));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return threads.stream().noneMatch(Thread::isAlive);
  }
}
