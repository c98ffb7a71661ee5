package io.millrace.api.callback;

import io.millrace.api.jobs.Job;
import io.millrace.api.jobs.JobViews;
import io.millrace.api.options.JobOptions;
import io.millrace.api.results.JobEntry;
import io.millrace.api.results.JobIndex;
import io.millrace.api.results.ResultsWriter;
import io.millrace.api.results.StoredRecords;
import io.millrace.protocol.JobRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/**
 * The service that tells of the ends of jobs. One api at a time does, of all that read the results
 * topic: it claims the callback there, and the first claim counts until its time has passed. So
 * each is delivered at least once, also when the api dies that was at it; receivers know a second
 * one by its {@code webhook-id}.
 */
public final class CallbackService implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(CallbackService.class);
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How long a claim counts beyond the time at which its callback is sent. */
  private static final Duration HOLD = Duration.ofMinutes(1);

  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final JobIndex index;
  private final JobViews views;
  private final StoredRecords stored;
  private final ResultsWriter results;
  private final CallbackSender sender;
  private final JobOptions options;
  private final String name;

  /** Jobs whose callbacks are not done, by id. */
  private final Set<String> pending = ConcurrentHashMap.newKeySet();

  /** Those that are on their way here. */
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "callback-timer");
            thread.setDaemon(true);
            return thread;
          });

  private volatile boolean running;

  /**
   * @param name of this process, which no other has
   */
  public CallbackService(
      JobIndex index,
      JobViews views,
      StoredRecords stored,
      ResultsWriter results,
      JobOptions options,
      String name) {
    this.index = index;
    this.views = views;
    this.stored = stored;
    this.results = results;
    this.options = options;
    this.name = name;
    this.sender = new CallbackSender(new CallbackSigner(options.callbackSecret()));
  }

  /** Has the index tell of what is to be done; nothing, where no host may be called. */
  @Override
  public void start() {
    running = true;
    if (!options.callbackHosts().allowed().isEmpty()) {
      index.onChange(this::look);
      index.list(JobEntry::callsBack, null, Integer.MAX_VALUE).forEach(this::look);
      timer.scheduleWithFixedDelay(
          this::lookAtAll, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void look(JobEntry entry) {
    if (!entry.callsBack()) {
      return;
    }
    JobRecord.Callback said = entry.callback();
    if (said != null && said.done()) {
      pending.remove(entry.id());
    } else if (pending.add(entry.id()) || entry.isEnded()) {
      later(() -> begin(entry.id()), Duration.ZERO);
    }
  }

  private void lookAtAll() {
    pending.forEach(this::begin);
  }

  /** Claims a callback that is due and that nobody else is at. */
  private void begin(String id) {
    JobEntry entry = index.find(id).orElse(null);
    if (entry == null) {
      pending.remove(id);
      return;
    }
    Instant now = Instant.now();
    JobRecord.Callback said = entry.callback();
    boolean taken = said != null && (said.until() == null || now.isBefore(said.until()));
    if (!entry.status(now).isEnd() || taken || !underWay.add(id)) {
      return;
    }
    int attempts = said == null ? 0 : said.attempts();
    results
        .write(new JobRecord.Callback(id, name, false, attempts, now, now.plus(HOLD)))
        .then(index.await(id, it -> isClaimed(it, now)))
        .timeout(PATIENCE)
        .subscribe(claimed -> claimed(claimed, attempts), e -> givenUp(id, e));
  }

  /** Whether somebody's claim counts that is no older than ours. */
  private static boolean isClaimed(JobEntry entry, Instant since) {
    JobRecord.Callback said = entry.callback();
    return said != null && (said.done() || !said.at().isBefore(since) || isHeld(said, since));
  }

  private static boolean isHeld(JobRecord.Callback said, Instant at) {
    return said.until() != null && at.isBefore(said.until());
  }

  private void claimed(JobEntry entry, int attempts) {
    JobRecord.Callback said = entry.callback();
    if (said == null || said.done() || !said.by().equals(name)) {
      underWay.remove(entry.id());
      return;
    }
    send(entry, attempts + 1);
  }

  private void givenUp(String id, Throwable e) {
    log.warn("the callback of {} waits: {}", id, e.toString());
    underWay.remove(id);
  }

  private void send(JobEntry claimed, int attempt) {
    JobEntry entry = index.find(claimed.id()).orElse(claimed);
    Instant ended = ended(entry);
    Mono.zip(views.of(entry), stored.job(entry.submission()).cast(JobRecord.Submitted.class))
        .flatMap(parts -> Mono.fromFuture(() -> deliver(parts.getT2(), parts.getT1(), ended), true))
        .onErrorReturn(false)
        .subscribe(taken -> settle(entry, attempt, taken, ended));
  }

  private CompletableFuture<Boolean> deliver(JobRecord.Submitted job, Job view, Instant ended) {
    String url = String.valueOf(job.callbackUrl());
    // The hosts may be others than when it was submitted.
    options.callbackHosts().check(url);
    return sender.send(url, view, ended);
  }

  private static Instant ended(JobEntry entry) {
    JobEntry.State state = entry.state();
    Instant said = state == null ? null : state.endedAt();
    return said == null ? entry.deadline() : said;
  }

  private void settle(JobEntry entry, int attempt, boolean taken, Instant ended) {
    Instant now = Instant.now();
    boolean late = now.isAfter(ended.plus(options.callbackTimeout()));
    if (!taken && late) {
      log.warn("the callback of {} is given up after {} attempts", entry.id(), attempt);
    }
    boolean done = taken || late;
    Duration pause = pause(attempt);
    Instant until = done ? null : now.plus(pause).plus(HOLD);
    results
        .write(new JobRecord.Callback(entry.id(), name, done, attempt, now, until))
        .subscribe(
            place -> {
              if (done) {
                underWay.remove(entry.id());
              } else {
                later(() -> send(entry, attempt + 1), pause);
              }
            },
            e -> givenUp(entry.id(), e));
  }

  private Duration pause(int attempt) {
    int doublings = Math.min(attempt - 1, 20);
    Duration pause = options.callbackRetry().multipliedBy(1L << doublings);
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  private void later(Runnable task, Duration pause) {
    try {
      timer.schedule(task, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopped) {
      log.debug("no callbacks are sent any more");
    }
  }

  @Override
  public void stop() {
    running = false;
    timer.shutdownNow();
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
