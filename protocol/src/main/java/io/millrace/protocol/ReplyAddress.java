package io.millrace.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Where the answer goes.
 *
 * @param topic any topic that the worker may write to
 * @param partition a fixed partition; null leaves the choice to the key, which is the request's id
 */
public record ReplyAddress(String topic, @Nullable Integer partition) {
  public ReplyAddress {
    TopicNames.requireLegal("reply.topic", topic);
    if (partition != null) {
      Invalid.unlessAtLeast("reply.partition", partition, 0);
    }
  }
}
