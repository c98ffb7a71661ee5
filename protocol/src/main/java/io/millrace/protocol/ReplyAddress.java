package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * The address of an answer: a topic and perhaps a partition.
 *
 * @param topic any topic that the worker may write to
 * @param partition a fixed partition; null leaves the choice to the key, which is the request's id
 */
@JsonInclude(Include.NON_NULL)
public record ReplyAddress(@Required String topic, @Limit(min = 0) @Nullable Integer partition) {
  private static final Limits LIMITS = Limits.of(ReplyAddress.class, "reply.");

  public ReplyAddress {
    TopicNames.requireLegal("reply.topic", topic);
    LIMITS.check(topic, partition);
  }
}
