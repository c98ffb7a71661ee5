package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import org.jspecify.annotations.Nullable;

/**
 * The address of an answer: a topic and perhaps a partition, under which key, who reads there, and
 * whether it is kept.
 *
 * @param topic any topic that the worker may write to; of a record that names none, the default
 *     topic for replies of its requests topic
 * @param partition a fixed partition; null leaves the choice to the key
 * @param key of every record of the answer, 1 to 256 characters; null for the request's id
 * @param reader who alone reads the answer and says on the workers topic that it lives: once it is
 *     gone the request is cancelled; null for an answer that is made in any case
 * @param stored whether the request is a job: workers then write its state to the results topic
 */
@JsonInclude(Include.NON_NULL)
public record ReplyAddress(
    String topic,
    @Limit(min = 0) @Nullable Integer partition,
    @Nullable String key,
    @Nullable String reader,
    @JsonInclude(Include.NON_DEFAULT) boolean stored) {
  private static final Limits LIMITS = Limits.of(ReplyAddress.class, "reply.");
  private static final int LONGEST_KEY = 256;

  public ReplyAddress {
    if (topic == null) {
      throw new Invalid("reply.topic", "reply.topic is required");
    }
    TopicNames.requireLegal("reply.topic", topic);
    LIMITS.check(topic, partition, key, reader, stored);
    if (key != null && (key.isEmpty() || key.length() > LONGEST_KEY)) {
      throw new Invalid(
          "reply.key",
          "reply.key must have 1 to %d characters, but has %d"
              .formatted(LONGEST_KEY, key.length()));
    }
    if (key != null && stored) {
      throw new Invalid(
          "reply.key",
          "reply.key must be left out where reply.stored is true: such replies are found by their"
              + " request's id");
    }
    if (reader != null) {
      GenerationRequest.requireId("reply.reader", reader);
    }
  }

  /** The address of an answer that is made whether or not anybody reads it. */
  public ReplyAddress(String topic, @Nullable Integer partition) {
    this(topic, partition, null, null, false);
  }

  /** The address of an answer whose records have the request's id as their key. */
  public ReplyAddress(String topic, @Nullable Integer partition, @Nullable String reader) {
    this(topic, partition, null, reader, false);
  }

  /** The address of the answer to a job. */
  public static ReplyAddress ofJob(String topic, int partition) {
    return new ReplyAddress(topic, partition, null, null, true);
  }

  /** The same place, read by another; null for nobody in particular. */
  public ReplyAddress withReader(@Nullable String other) {
    return new ReplyAddress(topic, partition, key, other, stored);
  }

  /**
   * The key of the records of an answer.
   *
   * @param id of the request
   */
  public String keyFor(String id) {
    return key == null ? id : key;
  }
}
