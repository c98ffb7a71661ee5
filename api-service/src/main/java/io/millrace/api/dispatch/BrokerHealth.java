package io.millrace.api.dispatch;

import io.millrace.kafka.Admins;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.WorkerGroups;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The health of the cluster: whether it answers, asked every two seconds on a thread of its own, so
 * that requests need not try while it does not; and how many requests it holds.
 */
public final class BrokerHealth implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BrokerHealth.class);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** While no broker answers, requests wait for it. */
  private static final Duration PERIOD_WHILE_AWAY = Duration.ofMillis(250);

  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Admin admin;
  private final String address;
  private final WorkerGroups groups;
  private final Supplier<Collection<String>> models;
  private final ToIntFunction<String> requestTopics;
  private final Runnable whenBack;
  private final ScheduledExecutorService pulse =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "broker-health");
            thread.setDaemon(true);
            return thread;
          });

  /** Completed while a broker answers. */
  private volatile CompletableFuture<Void> reachable = CompletableFuture.completedFuture(null);

  private final Map<RequestTopic, Long> backlogs = new ConcurrentHashMap<>();
  private final AtomicLong looks = new AtomicLong();

  /**
   * @param admin closed with this
   * @param address for the log
   * @param groups of the workers
   * @param models those whose backlogs are read
   * @param requestTopics over how many topics of each class the requests to one are spread
   * @param whenBack what to do once the cluster answers again, before it counts as reachable: it
   *     may have come back without its data
   */
  public BrokerHealth(
      Admin admin,
      String address,
      WorkerGroups groups,
      Supplier<Collection<String>> models,
      ToIntFunction<String> requestTopics,
      Runnable whenBack) {
    this.admin = admin;
    this.address = address;
    this.groups = groups;
    this.models = models;
    this.requestTopics = requestTopics;
    this.whenBack = whenBack;
    askLater();
  }

  private void askLater() {
    Duration period = reachable() ? PERIOD : PERIOD_WHILE_AWAY;
    try {
      pulse.schedule(this::ask, period.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      log.debug("no longer asked");
    }
  }

  /** Whether a broker answered when it was last asked. */
  public boolean reachable() {
    return reachable.isDone();
  }

  /** Completes once a broker answers, on a thread that must not be held up. */
  Mono<Void> awaitReachable() {
    return Mono.fromFuture(reachable, true);
  }

  /**
   * Requests of a model and class, of all api instances and programs, that no worker has finished;
   * known of a configured model while it has no worker, too.
   */
  public long backlog(String model, RequestClass requestClass) {
    return topics(model, requestClass).stream().mapToLong(this::backlog).sum();
  }

  /** The same of one topic. */
  long backlog(RequestTopic topic) {
    return backlogs.getOrDefault(topic, 0L);
  }

  /** How often backlogs were read so far. */
  long looks() {
    return looks.get();
  }

  private List<RequestTopic> topics(String model, RequestClass requestClass) {
    return RequestTopic.of(model, requestClass, requestTopics.applyAsInt(model));
  }

  @Override
  public void close() {
    pulse.shutdownNow();
    admin.close();
  }

  private void ask() {
    try {
      Admins.get(admin.describeCluster().clusterId(), PATIENCE);
      if (!reachable()) {
        whenBack.run();
        log.info("Kafka at {} answers again", address);
      }
      reachable.complete(null);
      models.get().forEach(this::readBacklog);
      looks.incrementAndGet();
    } catch (InterruptException closed) {
      return;
    } catch (RuntimeException e) {
      if (reachable()) {
        log.warn("Kafka at {} does not answer: {}", address, KafkaCluster.rootMessage(e));
        reachable = new CompletableFuture<>();
      }
    }
    askLater();
  }

  private void readBacklog(String model) {
    for (RequestClass requestClass : RequestClass.values()) {
      topics(model, requestClass).forEach(this::readBacklog);
    }
  }

  private void readBacklog(RequestTopic topic) {
    try {
      backlogs.put(topic, groups.backlog(admin, topic, PATIENCE));
    } catch (KafkaException e) {
      log.debug("no backlog of {}: {}", topic, e.toString());
    }
  }
}
