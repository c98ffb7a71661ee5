package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * The address of an answer: a topic and perhaps a partition, who reads there, and whether it is
 * kept.
 *
 * @param topic any topic that the worker may write to
 * @param partition a fixed partition; null leaves the choice to the key, which is the request's id
 * @param reader who alone reads the answer and says on the workers topic that it lives: once it is
 *     gone the request is cancelled; null for an answer that is made in any case
 * @param stored whether the request is a job: workers then write its state to the results topic
 */
@JsonInclude(Include.NON_NULL)
public record ReplyAddress(
    @Required String topic,
    @Limit(min = 0) @Nullable Integer partition,
    @Nullable String reader,
    @JsonInclude(Include.NON_DEFAULT) boolean stored) {
  private static final Limits LIMITS = Limits.of(ReplyAddress.class, "reply.");

  public ReplyAddress {
    TopicNames.requireLegal("reply.topic", topic);
    LIMITS.check(topic, partition, reader, stored);
    if (reader != null) {
      GenerationRequest.requireId("reply.reader", reader);
    }
  }

  /** The address of an answer that is made whether or not anybody reads it. */
  public ReplyAddress(String topic, @Nullable Integer partition) {
    this(topic, partition, null, false);
  }

  /** The address of an answer with a reader. */
  public ReplyAddress(String topic, @Nullable Integer partition, @Nullable String reader) {
    this(topic, partition, reader, false);
  }

  /** The address of the answer to a job. */
  public static ReplyAddress ofJob(String topic, int partition) {
    return new ReplyAddress(topic, partition, null, true);
  }

  /** The same place, read by another; null for nobody in particular. */
  public ReplyAddress withReader(@Nullable String other) {
    return new ReplyAddress(topic, partition, other, stored);
  }
}
