package io.millrace.api.dispatch;

import io.millrace.api.error.RequestFailed;
import io.millrace.kafka.FollowedReplies;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.MissingReplies;
import io.millrace.kafka.ReplyReader;
import io.millrace.kafka.ReplyStart;
import io.millrace.kafka.TopicReader;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The log of replies in Kafka, in which any process can read on what another one has begun. */
public final class ReplyLog {
  private final ReplyReader reader;
  private final TopicReader live;
  private final ReplyAddress here;

  /**
   * @param reader of what others have begun
   * @param live reads the partition of this process
   * @param here where that is
   */
  public ReplyLog(ReplyReader reader, TopicReader live, ReplyAddress here) {
    this.reader = reader;
    this.live = live;
    this.here = here;
  }

  /** Where the replies to a request begin, at the earliest, that is sent to workers from now on. */
  public ReplyPlace next() {
    TopicPartition partition = ReplyPartition.of(here);
    return new ReplyPlace(partition.partition(), live.next(partition));
  }

  /**
   * Follows the replies to a request, whoever has sent it, until that is closed.
   *
   * @param listener takes all of them, on a thread that it must not hold up
   */
  public FollowedReplies follow(String id, ReplyPlace from, Consumer<Reply> listener) {
    TopicPartition partition = new TopicPartition(here.topic(), from.partition());
    return reader.follow(id, ReplyStart.at(partition, from.offset()), listener);
  }

  /**
   * A step of what is followed, which fails in words for clients: with {@link RequestFailed}, or
   * with {@link MissingReplies} where there are no replies.
   */
  public static CompletableFuture<Void> told(CompletableFuture<Void> step) {
    CompletableFuture<Void> told = new CompletableFuture<>();
    step.whenComplete(
        (done, e) -> {
          if (e == null) {
            told.complete(null);
          } else {
            told.completeExceptionally(e instanceof MissingReplies ? e : failure(e));
          }
        });
    return told;
  }

  private static RequestFailed failure(Throwable e) {
    return e instanceof UnknownTopicOrPartitionException
        ? new RequestFailed(FailureKind.NOT_FOUND, KafkaCluster.rootMessage(e))
        : new RequestFailed(
            FailureKind.UNAVAILABLE, "the replies cannot be read now; try again later");
  }
}
