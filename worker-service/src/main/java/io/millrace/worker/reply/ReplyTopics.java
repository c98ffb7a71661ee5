package io.millrace.worker.reply;

import io.millrace.kafka.Admins;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
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
        return Admins.partitions(admin, topic);
      } catch (UnknownTopicOrPartitionException
          | InvalidTopicException
          | AuthorizationException e) {
        throw new UndeliverableReply("reply.topic %s does not exist here".formatted(topic));
      }
    };
  }
}
