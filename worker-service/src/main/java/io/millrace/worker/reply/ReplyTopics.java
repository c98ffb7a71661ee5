package io.millrace.worker.reply;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics that replies may go to. */
@FunctionalInterface
public interface ReplyTopics {
  /**
   * The number of a topic's partitions.
   *
   * @throws UndeliverableReply if there is no such topic
   * @throws KafkaException if no broker answers
   */
  int partitions(String topic);

  /** The topics of a cluster; each call asks a broker. */
  static ReplyTopics of(Admin admin) {
    return topic -> {
      try {
        var described = admin.describeTopics(List.of(topic)).allTopicNames().get();
        return Objects.requireNonNull(described.get(topic)).partitions().size();
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof UnknownTopicOrPartitionException
            || cause instanceof InvalidTopicException
            || cause instanceof AuthorizationException) {
          throw new UndeliverableReply("reply.topic %s does not exist here".formatted(topic));
        }
        throw new KafkaException("cannot ask for reply topic " + topic, cause);
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    };
  }
}
