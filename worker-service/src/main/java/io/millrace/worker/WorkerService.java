package io.millrace.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.kafka.Announcer;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.ModelDirectory;
import io.millrace.kafka.ReplyReader;
import io.millrace.kafka.TopicReader;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.kafka.WorkerListener;
import io.millrace.metrics.Histograms;
import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.ModelState;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Wire;
import io.millrace.protocol.WorkerState;
import io.millrace.trace.Tracing;
import io.millrace.worker.control.ControlListener;
import io.millrace.worker.control.ReaderDirectory;
import io.millrace.worker.control.ReaderListener;
import io.millrace.worker.intake.IntakeSettings;
import io.millrace.worker.intake.RequestIntake;
import io.millrace.worker.intake.SlotTimes;
import io.millrace.worker.reply.DeadLetters;
import io.millrace.worker.reply.JobStates;
import io.millrace.worker.reply.KafkaReplyHistory;
import io.millrace.worker.reply.Outbox;
import io.millrace.worker.reply.ReplySender;
import io.millrace.worker.reply.ReplyTopics;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service of a worker: it takes requests of one model from Kafka, has the engine answer them,
 * and sends the replies back, until it is closed.
 */
public final class WorkerService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WorkerService.class);

  /** Records that may wait for Kafka: minutes of tokens of a full batch. */
  private static final int OUTBOX_CAPACITY = 65_536;

  /** How much later Kafka may have what the readers in this process know already. */
  private static final Duration HOLD_REPLIES = Duration.ofMillis(100);

  private static final Duration BACKLOG_LOOK = Duration.ofSeconds(5);
  private static final Duration BROKER_PATIENCE = Duration.ofSeconds(5);
  private static final Duration CONTROL_TIMEOUT = Duration.ofSeconds(30);

  private final WorkerOptions options;
  private final TopicNames topics;
  private final String model;
  private final GenerationEngine engine;
  private final ScheduledThreadPoolExecutor timer;

  /** Waits for Kafka, which the other timer must not. */
  private final ScheduledThreadPoolExecutor backlogTimer;

  private final Tracing tracing;
  private final Admin admin;
  private final Outbox outbox;
  private final ReplyReader replyReader;
  private final KafkaReplyHistory history;
  private final RequestIntake intake;
  private final TopicReader control;
  private final WorkerDirectory workers = new WorkerDirectory(InstantSource.system());
  private final ReaderDirectory readers = new ReaderDirectory();
  private final TopicReader workerReader;
  private final Announcer announcer;
  private final ModelAnnouncer modelAnnouncer;
  private final AtomicBoolean closing = new AtomicBoolean();

  /** A drain from before was meant for an earlier worker of the same name. */
  private final Instant startedAt = Instant.now();

  private final CompletableFuture<Void> stopped = new CompletableFuture<>();

  private WorkerService(
      WorkerOptions options,
      KafkaOptions kafka,
      GenerationEngine engine,
      String model,
      int requestTopics,
      MeterRegistry meters,
      LocalReplies localReplies) {
    KafkaCluster cluster = kafka.cluster();
    this.options = options;
    this.topics = kafka.topics();
    this.model = model;
    this.engine = engine;
    this.timer = timer("worker-timer");
    this.backlogTimer = timer("backlog-timer");
    this.tracing = Tracing.start("millrace-worker");
    this.admin = cluster.connect();
    this.outbox =
        new Outbox(new KafkaProducer<>(cluster.replyProducer()), OUTBOX_CAPACITY, HOLD_REPLIES);
    this.replyReader = new ReplyReader(cluster, "reply-reader");
    this.history = new KafkaReplyHistory(replyReader, BROKER_PATIENCE);
    Tags tags = Tags.of("model_name", model, "worker", options.workerName());
    WorkerMetrics.watch(engine, meters, tags);
    RequestSources sources =
        new RequestSources(
            cluster, kafka.groups(), admin, model, requestTopics, options.workerName(), workers);
    this.intake = intake(sources, requestTopics, meters, tags, localReplies);
    this.control =
        new TopicReader(
            cluster, topics.control(), OffsetSpec.earliest(), new ControlListener(this::follow));
    this.workerReader =
        new TopicReader(cluster, topics.workers(), OffsetSpec.earliest(), announcements());
    this.announcer =
        new Announcer(
            "worker " + options.workerName(),
            () -> state().map(Wire::encode),
            value -> announce(options.workerName(), value));
    this.modelAnnouncer =
        new ModelAnnouncer(
            model, requestTopics, engine, state -> announce(ModelState.key(model), state));
  }

  /**
   * Starts a worker, and returns when it asks for requests.
   *
   * @param engine answers the requests; stays the caller's to close, after the worker
   * @param modelName the served name, which decides the topics
   * @param localReplies to those in this process who read replies
   * @throws io.millrace.cli.StartFailure if an option is wrong
   * @throws ClusterNotReady if the cluster cannot be reached or set up
   */
  public static WorkerService start(
      WorkerOptions options,
      KafkaOptions kafka,
      GenerationEngine engine,
      String modelName,
      MeterRegistry meters,
      LocalReplies localReplies) {
    options.validate();
    // Beside what is waited for of Kafka.
    CompletableFuture.runAsync(Wire::warmUp);
    int requestTopics = kafka.provision(modelName);
    WorkerService worker =
        new WorkerService(options, kafka, engine, modelName, requestTopics, meters, localReplies);
    try {
      worker.begin();
    } catch (RuntimeException e) {
      worker.close();
      throw e;
    }
    return worker;
  }

  private void begin() {
    // A cancel that is heard only after its request was begun would cost the whole answer.
    control.start();
    workerReader.start();
    await(control.caughtUp());
    intake.start();
    backlogTimer.scheduleWithFixedDelay(
        intake::lookAtBacklog, backlogLook(), backlogLook(), TimeUnit.MILLISECONDS);
    announcer.start(timer);
    modelAnnouncer.start(timer);
    log.info(
        "worker {} takes requests from {} with {} slots",
        options.workerName(),
        topics.prefix() + "requests." + TopicNames.slug(model),
        options.maxBatchSize());
  }

  /** A few looks before anything is said. */
  private long backlogLook() {
    long quarter = options.backlogTimeout().toMillis() / 4;
    return Math.max(100, Math.min(BACKLOG_LOOK.toMillis(), quarter));
  }

  private RequestIntake intake(
      RequestSources sources,
      int requestTopics,
      MeterRegistry meters,
      Tags tags,
      LocalReplies localReplies) {
    Counter deadLetters =
        Counter.builder("millrace.dead.letters")
            .description("Requests that could not be answered and were kept")
            .tags(tags)
            .register(meters);
    Timer storeTime =
        new Histograms(meters, tags)
            .timer(
                "reply.store.time",
                "Until Kafka has a reply; one that this process's own api has heard is kept back for"
                    + " a while",
                Duration.ofMillis(1),
                Duration.ofMinutes(1));
    return new RequestIntake(
        new IntakeSettings(
            topics,
            model,
            requestTopics,
            options.workerName(),
            options.maxBatchSize(),
            options.reservedSlots(),
            options.batchSlots(),
            options.stepTimeout(),
            options.backlogTimeout()),
        sources.source(),
        engine,
        readers,
        new ReplySender(
            outbox,
            ReplyTopics.of(admin),
            localReplies,
            new JobStates(outbox, topics, options.workerName(), InstantSource.system()),
            storeTime),
        history,
        new DeadLetters(outbox, topics, options.workerName(), deadLetters),
        timer,
        tracing,
        meters,
        tags);
  }

  private TopicReader.Listener announcements() {
    var models = new ModelDirectory(Duration.ZERO, InstantSource.system());
    var ofWorkers = new WorkerListener(workers, models, InstantSource.system());
    var ofReaders = new ReaderListener(options.workerName(), readers);
    return (record, live) -> {
      ofReaders.take(record, live);
      intake.cancelUnread();
      ofWorkers.take(record, live);
      intake.contended(workers.hasOthers(model, options.workerName()));
    };
  }

  private CompletableFuture<Void> announce(String key, byte @Nullable [] value) {
    String topic = topics.workers();
    return outbox
        .send(topic, () -> new ProducerRecord<>(topic, key, value))
        .thenAccept(place -> {});
  }

  private static ScheduledThreadPoolExecutor timer(String name) {
    var timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  private void follow(ControlMessage message, Instant at) {
    message.match(
        cancel -> intake.cancel(cancel, at),
        resume -> intake.resume(resume, at),
        drain -> drain(drain, at));
  }

  private void drain(ControlMessage.Drain drain, Instant at) {
    if (drain.worker().equals(options.workerName()) && at.isAfter(startedAt)) {
      log.info("worker {} is told to drain", drain.worker());
      // Closing waits for the very thread that reads this message.
      new Thread(this::close, "drain").start();
    }
  }

  private Optional<WorkerState> state() {
    if (intake.engineFault().isPresent()) {
      return Optional.empty();
    }
    EngineStatus status = engine.status();
    SlotTimes times = intake.slotTimes();
    return Optional.of(
        new WorkerState(
            options.workerName(),
            model,
            options.maxBatchSize(),
            status.running() + status.waiting(),
            intake.held(RequestClass.BATCH),
            status.waiting(),
            status.device(),
            status.maxInputLen(),
            status.maxOutputLen(),
            status.kvCacheUsage(),
            times.ended(),
            times.held().toMillis(),
            modelAnnouncer.requestTopics(),
            Instant.now()));
  }

  private static void await(CompletableFuture<Void> caughtUp) {
    try {
      caughtUp.get(CONTROL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new ClusterNotReady("the control topic cannot be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterNotReady("interrupted while reading the control topic", e);
    }
  }

  /** Whether the worker should live on, and whether it can take requests. */
  public WorkerHealth health() {
    return new WorkerHealth(intake.engineFault(), intake.notReady());
  }

  /** Completed when the worker is closed, by its owner or by a drain from the control topic. */
  public CompletableFuture<Void> stopped() {
    return stopped;
  }

  /**
   * Drains the worker: it takes no more requests, answers within the drain timeout those that it
   * has, gives the rest back to Kafka for other workers, and leaves.
   */
  @Override
  public void close() {
    if (!closing.compareAndSet(false, true)) {
      stopped.join();
      return;
    }
    intake.stopTaking();
    modelAnnouncer.announce();
    announcer.leave();
    intake.drain(options.drainTimeout());
    control.stop();
    workerReader.stop();
    timer.shutdownNow();
    backlogTimer.shutdownNow();
    outbox.close();
    replyReader.close();
    admin.close(Duration.ofSeconds(5));
    tracing.close();
    log.info("worker {} has stopped", options.workerName());
    stopped.complete(null);
  }
}
