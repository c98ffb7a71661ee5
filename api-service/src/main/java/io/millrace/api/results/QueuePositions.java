package io.millrace.api.results;

import io.millrace.kafka.PartitionBacklog;
import io.millrace.kafka.WorkerGroups;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The places of requests in their queues, as well as they can be known: the broker tells how many
 * requests of a partition are not finished, and they are taken in the order in which they came.
 */
public final class QueuePositions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueuePositions.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Admin admin;
  private final TopicNames names;
  private final WorkerGroups groups;
  private final Map<TopicPartition, Queue> queues = new ConcurrentHashMap<>();

  /** The queue in a partition at a moment. */
  private record Queue(PartitionBacklog backlog, long nanoTime) {
    boolean isFresh() {
      return System.nanoTime() - nanoTime < FRESH_NANOS;
    }
  }

  /**
   * @param admin closed with this
   */
  public QueuePositions(Admin admin, TopicNames names, WorkerGroups groups) {
    this.admin = admin;
    this.names = names;
    this.groups = groups;
  }

  /**
   * How many requests are before a job's own and not finished, those included that are being
   * answered; empty if that cannot be known.
   */
  public Mono<OptionalLong> ahead(JobEntry job) {
    RecordPlace request = job.request();
    if (request == null) {
      return Mono.just(OptionalLong.empty());
    }
    // Of the topics of its model and class it is in one, and waits for those before it there.
    RequestTopic topic =
        names
            .parse(request.topic())
            .orElseGet(() -> RequestTopic.of(job.model(), job.requestClass()));
    return Mono.fromCallable(() -> ahead(request, topic)).subscribeOn(Schedulers.boundedElastic());
  }

  private OptionalLong ahead(RecordPlace request, RequestTopic topic) {
    TopicPartition partition = new TopicPartition(request.topic(), request.partition());
    try {
      Queue queue = queues.get(partition);
      if (queue == null || !queue.isFresh() || queue.backlog.end() <= request.offset()) {
        look(topic);
        queue = queues.get(partition);
      }
      return queue == null ? OptionalLong.empty() : ahead(request, queue.backlog);
    } catch (KafkaException e) {
      log.debug("no place in the queue of {}: {}", groups.id(topic), e.toString());
      return OptionalLong.empty();
    }
  }

  private static OptionalLong ahead(RecordPlace request, PartitionBacklog backlog) {
    // All that came later are unfinished as well, or nearly all.
    long later = backlog.end() - request.offset();
    return OptionalLong.of(Math.max(0, backlog.unfinished() - later));
  }

  private void look(RequestTopic topic) {
    long now = System.nanoTime();
    groups
        .partitions(admin, topic, PATIENCE)
        .forEach((partition, backlog) -> queues.put(partition, new Queue(backlog, now)));
  }

  @Override
  public void close() {
    admin.close();
  }
}
