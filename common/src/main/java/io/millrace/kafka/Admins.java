package io.millrace.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Questions to Kafka's {@link Admin} whose answers are waited for. A refusal is thrown as Kafka
 * names it, such as {@link org.apache.kafka.common.errors.TopicExistsException}, not as the cause
 * of something else.
 */
public final class Admins {
  private Admins() {}

  /**
   * Waits for an answer as long as the client's own timeout lets it.
   *
   * @throws KafkaException the refusal; an {@link InterruptException}, with the thread's flag set,
   *     if waiting was interrupted
   */
  public static <T> T get(KafkaFuture<T> answer) {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw refusal(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /**
   * Waits for an answer, but no longer than that.
   *
   * @throws KafkaException as {@link #get(KafkaFuture)}, and a {@link TimeoutException} in the end
   */
  public static <T> T get(KafkaFuture<T> answer, Duration patience) {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw refusal(e);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException("no answer within %d s".formatted(patience.toSeconds()), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /**
   * The number of a topic's partitions.
   *
   * @throws KafkaException as {@link #get(KafkaFuture)}; of an unknown topic after the client's
   *     timeout at the latest
   */
  public static int partitions(Admin admin, String topic) {
    var described = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
    return get(Objects.requireNonNull(described)).partitions().size();
  }

  /**
   * The epoch of a partition's leader; empty if the log does not know one.
   *
   * @throws KafkaException as {@link #get(KafkaFuture, Duration)}
   */
  public static Optional<Integer> leaderEpoch(
      Admin admin, TopicPartition partition, Duration patience) {
    var offsets = admin.listOffsets(Map.of(partition, OffsetSpec.latest()));
    return get(offsets.partitionResult(partition), patience).leaderEpoch();
  }

  /**
   * The offset after the last record of a partition.
   *
   * @throws KafkaException as {@link #get(KafkaFuture, Duration)}
   */
  public static long end(Admin admin, TopicPartition partition, Duration patience) {
    var offsets = admin.listOffsets(Map.of(partition, OffsetSpec.latest()));
    return get(offsets.partitionResult(partition), patience).offset();
  }

  /**
   * Asks through a client that lives no longer than that.
   *
   * @param what goes on a sentence that begins with "cannot", for the person who runs the cluster
   * @throws ClusterNotReady if there is no answer, or a refusal
   */
  public static <T> T ask(KafkaCluster cluster, String what, Function<Admin, T> question) {
    try (Admin admin = cluster.connect()) {
      return question.apply(admin);
    } catch (KafkaException e) {
      throw new ClusterNotReady(
          "cannot %s at %s: %s".formatted(what, cluster.bootstrapServers(), e), e);
    }
  }

  private static KafkaException refusal(ExecutionException e) {
    return e.getCause() instanceof KafkaException refusal
        ? refusal
        : new KafkaException(e.getCause());
  }
}
