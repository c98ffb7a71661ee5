package io.millrace.worker.reply;

import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import java.time.Instant;

/**
 * The history of answers: what earlier attempts have written to a reply topic.
 *
 * <p>What counts is what stands before the {@link Reply.Accepted} of the new attempt: every reader
 * has read it by then, and passes over whatever earlier attempts write later.
 */
@FunctionalInterface
public interface ReplyHistory {
  /**
   * The replies before a new attempt's first. Waits for Kafka.
   *
   * @param accepted the first reply of the attempt
   * @param since when the request was written
   * @param stream sends it
   * @throws UnreadableHistory if it is not to be had in time
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  PriorReplies before(
      Reply.Accepted accepted, ReplyAddress address, Instant since, ReplyStream stream);
}
