package io.millrace.worker.intake;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * How often the partition of a record has changed its leader since the record was written. A new
 * leader, or a broker that was killed, may have forgotten deliveries of the record (KIP-932 stores
 * their count when they end).
 *
 * <p>The cluster is asked once, and again when a consumer has connected or heard news of the
 * cluster: neither a new leader nor one that was started anew gives it a record before that.
 */
public final class LeaderEpochs {
  private final Function<TopicPartition, Optional<Integer>> source;
  private final AtomicLong news = new AtomicLong();
  private final Map<TopicPartition, Known> known = new ConcurrentHashMap<>();

  /** An answer of the cluster, and how much had been heard when it was asked. */
  private record Known(long news, Optional<Integer> epoch) {
    boolean holds(long heard, int least) {
      return news == heard && epoch.orElse(least) >= least;
    }
  }

  /**
   * @param source the leader epoch that a partition has now; empty where the cluster does not tell
   */
  public LeaderEpochs(Function<TopicPartition, Optional<Integer>> source) {
    this.source = source;
  }

  /** Has the cluster asked anew: any leader may be another one by now. */
  public void forget() {
    news.incrementAndGet();
  }

  /**
   * The number of changes; 0 where the cluster does not tell.
   *
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  int changesSince(ConsumerRecord<?, ?> record) {
    TopicPartition partition = new TopicPartition(record.topic(), record.partition());
    return record
        .leaderEpoch()
        .flatMap(then -> now(partition, then).map(now -> Math.max(0, now - then)))
        .orElse(0);
  }

  private Optional<Integer> now(TopicPartition partition, int least) {
    long heard = news.get();
    Known before = known.get(partition);
    if (before != null && before.holds(heard, least)) {
      return before.epoch;
    }
    Optional<Integer> epoch = source.apply(partition);
    known.put(partition, new Known(heard, epoch));
    return epoch;
  }
}
