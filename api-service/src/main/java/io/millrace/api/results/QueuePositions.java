package io.millrace.api.results;

import io.millrace.kafka.Admins;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.TopicNames;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The places of requests in their queues, as well as they can be known: the broker tells how many
 * requests are not finished, and they are taken in the order in which they came.
 */
public final class QueuePositions implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(QueuePositions.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Admin admin;
  private final TopicNames names;
  private final Map<String, Queue> queues = new ConcurrentHashMap<>();

  /**
   * A queue at a moment.
   *
   * @param unfinished requests that no worker has finished
   * @param end the offset after the last request
   */
  private record Queue(long unfinished, long end, long nanoTime) {
    boolean isFresh() {
      return System.nanoTime() - nanoTime < FRESH_NANOS;
    }
  }

  /**
   * @param admin closed with this
   */
  public QueuePositions(Admin admin, TopicNames names) {
    this.admin = admin;
    this.names = names;
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
    return Mono.fromCallable(
            () -> ahead(request, names.workerGroup(job.model(), job.requestClass())))
        .subscribeOn(Schedulers.boundedElastic());
  }

  private OptionalLong ahead(RecordPlace request, String group) {
    try {
      Queue queue = queues.get(group);
      if (queue == null || !queue.isFresh() || queue.end <= request.offset()) {
        queue = look(new TopicPartition(request.topic(), request.partition()), group);
        queues.put(group, queue);
      }
      // All that came later are unfinished as well, or nearly all.
      long later = queue.end - request.offset();
      return OptionalLong.of(Math.max(0, queue.unfinished - later));
    } catch (KafkaException e) {
      log.debug("no place in the queue of {}: {}", group, e.toString());
      return OptionalLong.empty();
    }
  }

  private Queue look(TopicPartition partition, String group) {
    long unfinished = Admins.backlog(admin, group, PATIENCE);
    var offsets = admin.listOffsets(Map.of(partition, OffsetSpec.latest()));
    long end = Admins.get(offsets.partitionResult(partition), PATIENCE).offset();
    return new Queue(unfinished, end, System.nanoTime());
  }

  @Override
  public void close() {
    admin.close();
  }
}
