package io.millrace.worker.reply;

import io.millrace.kafka.FollowedReplies;
import io.millrace.kafka.ReplyReader;
import io.millrace.kafka.ReplyStart;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;

/** The history of answers, read back from their reply topics. Safe for use by several threads. */
public final class KafkaReplyHistory implements ReplyHistory {
  /** The clocks of those who write requests and replies may differ by this much. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  private final ReplyReader reader;
  private final Duration patience;

  /**
   * @param patience how long one may have to wait
   */
  public KafkaReplyHistory(ReplyReader reader, Duration patience) {
    this.reader = reader;
    this.patience = patience;
  }

  @Override
  public PriorReplies before(
      Reply.Accepted accepted, ReplyAddress address, Instant since, ReplyStream stream) {
    ReplyStart start = ReplyStart.since(address, since.minus(CLOCK_SKEW));
    String key = address.keyFor(accepted.id());
    CompletableFuture<PriorReplies> told = new CompletableFuture<>();
    try (FollowedReplies replies =
        reader.follow(accepted.id(), key, start, until(accepted, told))) {
      replies.started().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      stream.send(accepted);
      stream.delivered().exceptionally(lost -> lose(told, lost));
      return told.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new UnreadableHistory("the replies of earlier attempts were not to be read in time", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException unreachable
          ? unreachable
          : new UnreadableHistory("the first reply of the attempt could not be stored", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreadableHistory("the worker is stopped", e);
    }
  }

  /** What comes before a reply that is not there yet. */
  private static FollowedReplies.Listener until(
      Reply.Accepted accepted, CompletableFuture<PriorReplies> told) {
    AnswerHistory answer = new AnswerHistory();
    return (reply, place) -> {
      if (reply.equals(accepted)) {
        told.complete(answer.before(accepted));
      }
      answer.take(reply, place);
    };
  }

  private static Void lose(CompletableFuture<PriorReplies> told, Throwable lost) {
    told.completeExceptionally(lost);
    return null;
  }
}
