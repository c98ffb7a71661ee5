package io.millrace.worker.reply;

import io.millrace.protocol.ReplyAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics that replies may go to, with their numbers of partitions. Asked before a request is
 * begun, because a producer that meets an unknown topic makes every other reply wait.
 */
final class ReplyTopics {
  private final Admin admin;
  private final Map<String, Integer> partitions = new ConcurrentHashMap<>();

  ReplyTopics(Admin admin) {
    this.admin = admin;
  }

  /** Whether the topic was there when it was last asked for. */
  boolean knows(String topic) {
    return partitions.containsKey(topic);
  }

  /** Asks again the next time. */
  void forget(String topic) {
    partitions.remove(topic);
  }

  /**
   * Refuses an address that no reply can reach; waits for a broker at the first sight of a topic.
   *
   * @throws UndeliverableReply if there is no such topic or partition
   * @throws KafkaException if no broker answers
   */
  void require(ReplyAddress address) {
    Integer known = partitions.get(address.topic());
    int count = known == null ? ask(address.topic()) : known;
    partitions.put(address.topic(), count);
    if (address.partition() != null && address.partition() >= count) {
      throw new UndeliverableReply(
          "reply.partition is %d, but topic %s has only %d partitions"
              .formatted(address.partition(), address.topic(), count));
    }
  }

  private int ask(String topic) {
    try {
      var description = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
      return description.get().partitions().size();
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
  }
}
