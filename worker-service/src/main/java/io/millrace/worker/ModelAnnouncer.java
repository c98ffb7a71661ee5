package io.millrace.worker;

import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.ModelState;
import io.millrace.protocol.Wire;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The word of a worker about its model, which is kept when all workers of it are gone. It is said
 * again now and then, so that the last one tells when the model was served last.
 */
final class ModelAnnouncer {
  private static final Logger log = LoggerFactory.getLogger(ModelAnnouncer.class);
  private static final long MINUTES = 10;

  private final String model;
  private final int requestTopics;
  private final GenerationEngine engine;
  private final Function<byte[], CompletableFuture<Void>> sender;

  /**
   * @param requestTopics from how many topics of each class the worker takes requests
   * @param sender stores the record
   */
  ModelAnnouncer(
      String model,
      int requestTopics,
      GenerationEngine engine,
      Function<byte[], CompletableFuture<Void>> sender) {
    this.model = model;
    this.requestTopics = requestTopics;
    this.engine = engine;
    this.sender = sender;
  }

  /** Announces it now and from now on. */
  void start(ScheduledExecutorService timer) {
    timer.scheduleWithFixedDelay(this::announce, 0, MINUTES, TimeUnit.MINUTES);
  }

  /** Announces it, whatever becomes of that. */
  void announce() {
    try {
      sender
          .apply(Wire.encode(state()))
          .whenComplete(
              (stored, e) -> {
                if (e != null) {
                  log.debug("{} is not announced: {}", model, KafkaCluster.rootMessage(e));
                }
              });
    } catch (RuntimeException e) {
      // An exception that leaves this method would end the announcements.
      log.debug("{} is not announced: {}", model, KafkaCluster.rootMessage(e));
    }
  }

  private ModelState state() {
    EngineStatus status = engine.status();
    return new ModelState(
        model, status.maxInputLen(), status.maxOutputLen(), requestTopics, Instant.now());
  }

  /** From how many topics of each class the worker takes requests. */
  int requestTopics() {
    return requestTopics;
  }
}
