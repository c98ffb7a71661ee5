package io.millrace.standalone.queue;

import io.millrace.kafka.Admins;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.ModelDirectory;
import io.millrace.kafka.PartitionBacklog;
import io.millrace.kafka.PartitionScan;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.kafka.WorkerListener;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.TopicNames.RequestTopic;
import io.millrace.protocol.WorkerState;
import io.millrace.standalone.deadletter.DeadLetterTopic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The reader of the state of the queue, from topics and the groups of workers. */
final class QueueReader {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration EVER = Duration.ofDays(36_500);

  /** More dead letters than this are only counted, all together. */
  private static final int MOST_LETTERS = 10_000;

  private final KafkaOptions kafka;
  private final KafkaCluster cluster;
  private final TopicNames names;
  private final InstantSource clock;

  QueueReader(KafkaOptions kafka, InstantSource clock) {
    this.kafka = kafka;
    this.cluster = kafka.cluster();
    this.names = kafka.topics();
    this.clock = clock;
  }

  /**
   * Reads it.
   *
   * @param model of one model; null for all
   * @throws ClusterNotReady if Kafka does not tell, or there is no such model
   */
  QueueStatus read(@Nullable String model) {
    try (Admin admin = cluster.connect()) {
      Set<String> topics = Admins.get(admin.listTopics().names());
      Set<String> slugs = slugs(topics, model);
      WorkerDirectory workers = new WorkerDirectory(clock);
      ModelDirectory known = new ModelDirectory(EVER, clock);
      if (topics.contains(names.workers())) {
        readWorkers(new WorkerListener(workers, known, clock));
      }
      DeadLetterTopic letters = DeadLetterTopic.open(cluster, names);
      Map<String, Long> dead = letters.size() > MOST_LETTERS ? null : byTopic(letters);
      List<QueueStatus.Model> models = new ArrayList<>();
      for (String slug : slugs) {
        String name = name(slug, known.names());
        models.add(model(admin, slug, name, topics, workers.alive(), dead));
      }
      long all =
          dead == null ? letters.size() : dead.values().stream().mapToLong(Long::longValue).sum();
      return new QueueStatus(cluster.bootstrapServers(), names.prefix(), models, all);
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(cluster, "read the queue", e);
    }
  }

  private Set<String> slugs(Set<String> topics, @Nullable String model) {
    Set<String> slugs =
        topics.stream()
            .flatMap(topic -> names.parse(topic).stream())
            .map(RequestTopic::slug)
            .filter(slug -> model == null || slug.equals(TopicNames.slug(model)))
            .collect(Collectors.toCollection(TreeSet::new));
    if (slugs.isEmpty()) {
      throw new ClusterNotReady(
          "there is no topic %srequests.%s.* at %s: neither worker nor api was ever started there"
              .formatted(
                  names.prefix(),
                  model == null ? "*" : Excerpt.of(TopicNames.slug(model)),
                  cluster.bootstrapServers()),
          null);
    }
    return slugs;
  }

  private void readWorkers(WorkerListener listener) {
    try (PartitionScan scan = new PartitionScan(cluster, new TopicPartition(names.workers(), 0))) {
      scan.forEach(record -> take(listener, record));
    }
  }

  /** The served name, or what topics tell of it where no worker has ever said it. */
  private static String name(String slug, Set<String> known) {
    return known.stream()
        .filter(model -> TopicNames.slug(model).equals(slug))
        .findFirst()
        .orElseGet(() -> new RequestTopic(slug, RequestClass.BATCH).model());
  }

  private static void take(WorkerListener listener, ConsumerRecord<String, byte[]> record) {
    try {
      listener.take(record, false);
    } catch (Invalid e) {
      // What is no state of a worker is none that lives.
    }
  }

  private static Map<String, Long> byTopic(DeadLetterTopic letters) {
    return letters.letters().stream()
        .filter(letter -> !letter.replayed())
        .collect(Collectors.groupingBy(letter -> letter.cause().topic(), Collectors.counting()));
  }

  private QueueStatus.Model model(
      Admin admin,
      String slug,
      String name,
      Set<String> topics,
      List<WorkerState> all,
      @Nullable Map<String, Long> dead) {
    List<WorkerState> workers =
        all.stream().filter(it -> TopicNames.slug(it.model()).equals(slug)).toList();
    List<QueueStatus.ClassStatus> classes = new ArrayList<>();
    for (RequestClass requestClass : RequestClass.values()) {
      List<RequestTopic> ofClass =
          IntStream.rangeClosed(1, kafka.groups(admin).mostRequestTopics())
              .mapToObj(number -> new RequestTopic(slug, requestClass, number))
              .filter(topic -> topics.contains(names.requests(topic)))
              .toList();
      if (!ofClass.isEmpty()) {
        classes.add(classStatus(admin, requestClass, ofClass, workers, dead));
      }
    }
    return new QueueStatus.Model(
        name,
        workers.size(),
        workers.stream().mapToInt(WorkerState::slots).sum(),
        workers.stream().mapToInt(WorkerState::running).sum(),
        classes);
  }

  private QueueStatus.ClassStatus classStatus(
      Admin admin,
      RequestClass requestClass,
      List<RequestTopic> topics,
      List<WorkerState> workers,
      @Nullable Map<String, Long> dead) {
    List<String> all = topics.stream().map(names::requests).toList();
    Map<TopicPartition, PartitionBacklog> partitions = new HashMap<>();
    topics.forEach(
        topic -> partitions.putAll(kafka.groups(admin).partitions(admin, topic, PATIENCE)));
    long lag = partitions.values().stream().mapToLong(PartitionBacklog::unfinished).sum();
    long held = workers.stream().mapToLong(it -> held(it, requestClass)).sum();
    // Workers say what they hold every few seconds, and may have finished some of it since.
    long running = Math.min(held, lag);
    long waiting = lag - running;
    return new QueueStatus.ClassStatus(
        requestClass.label(),
        all.get(0),
        all,
        lag,
        running,
        waiting,
        waiting == 0 ? null : oldest(partitions, running, lag),
        dead == null
            ? null
            : Long.valueOf(all.stream().mapToLong(topic -> dead.getOrDefault(topic, 0L)).sum()));
  }

  private static long held(WorkerState worker, RequestClass requestClass) {
    return requestClass == RequestClass.BATCH
        ? worker.batch()
        : Math.max(0, worker.running() - worker.batch());
  }

  /**
   * The age in seconds of the request that waits longest. Where the group does not tell which were
   * begun, workers are taken to hold as large a part of each partition.
   */
  private @Nullable Double oldest(
      Map<TopicPartition, PartitionBacklog> partitions, long running, long lag) {
    boolean told = partitions.values().stream().anyMatch(backlog -> backlog.begun() > 0);
    Double oldest = null;
    for (var entry : partitions.entrySet()) {
      PartitionBacklog backlog = entry.getValue();
      long part = running * backlog.unfinished() / lag;
      Double age = oldest(entry.getKey(), backlog, told ? backlog.begun() : part);
      if (age != null && (oldest == null || age > oldest)) {
        oldest = age;
      }
    }
    return oldest;
  }

  /** Requests are given out in their order, so those that wait are the last. */
  private @Nullable Double oldest(
      TopicPartition partition, PartitionBacklog backlog, long running) {
    long waiting = backlog.unfinished() - running;
    if (waiting <= 0) {
      return null;
    }
    try (PartitionScan scan = new PartitionScan(cluster, partition)) {
      long first = running == 0 ? backlog.start() : backlog.end() - waiting;
      return scan.firstFrom(Math.max(backlog.start(), first))
          .map(
              record -> Duration.between(Instant.ofEpochMilli(record.timestamp()), clock.instant()))
          .map(age -> Math.max(0, age.toMillis()) / 1000.0)
          .orElse(null);
    }
  }
}
