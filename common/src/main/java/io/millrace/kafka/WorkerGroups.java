package io.millrace.kafka;

import io.millrace.protocol.TopicNames.RequestTopic;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The groups in which workers compete for requests, a group for each model and class: all of the
 * type that the cluster has, or that {@code --intake} names.
 */
public sealed interface WorkerGroups permits ShareGroups, ClassicGroups {
  /** How long a group that is prepared is waited for. */
  Duration PATIENCE = Duration.ofSeconds(10);

  /** The name of the group whose members read a topic. */
  String id(RequestTopic topic);

  /** How many partitions a topic of requests has at least. */
  int requestPartitions();

  /** Over how many topics the requests of a model and class are spread at least. */
  int requestTopics();

  /** Of the topics of a model and class that are there, how many the groups can be for. */
  int mostRequestTopics();

  /**
   * Prepares the group, as far as its type needs it and the cluster lets it. One in which nobody is
   * begins where a group of the other type has ended, if that is further.
   */
  void prepare(Admin admin, RequestTopic topic);

  /**
   * The backlog of each partition that the group knows of.
   *
   * @throws KafkaException as {@link Admins#get(org.apache.kafka.common.KafkaFuture, Duration)}
   */
  Map<TopicPartition, PartitionBacklog> partitions(
      Admin admin, RequestTopic topic, Duration patience);

  /** Chooses by the type. */
  <T> T match(Function<ShareGroups, T> share, Function<ClassicGroups, T> classic);

  /**
   * The backlog: how many requests no member has finished, queued or held.
   *
   * @throws KafkaException as {@link #partitions}
   */
  default long backlog(Admin admin, RequestTopic topic, Duration patience) {
    return partitions(admin, topic, patience).values().stream()
        .mapToLong(PartitionBacklog::unfinished)
        .sum();
  }
}
