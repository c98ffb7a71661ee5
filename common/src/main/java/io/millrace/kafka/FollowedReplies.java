package io.millrace.kafka;

import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;

/** The replies to one request, while somebody has a {@link ReplyReader} follow them. */
public final class FollowedReplies implements AutoCloseable {
  private final String id;
  private final String key;
  private final ReplyStart start;
  private final Listener listener;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<Void> caughtUp = new CompletableFuture<>();
  private volatile boolean closed;

  // Of the reader's thread alone.
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private Map<TopicPartition, Long> ends = Map.of();

  /** A listener that takes replies, on the reader's thread, which it must not hold up. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Takes a reply.
     *
     * @param place where it lies
     */
    void take(Reply reply, RecordPlace place);
  }

  FollowedReplies(String id, String key, ReplyStart start, Listener listener) {
    this.id = id;
    this.key = key;
    this.start = start;
    this.listener = listener;
  }

  String key() {
    return key;
  }

  ReplyStart start() {
    return start;
  }

  /**
   * Completed when it is known where to begin: what is written from now on is read. It fails with
   * {@link MissingReplies}, or with a {@link org.apache.kafka.common.KafkaException} if no broker
   * tells.
   */
  public CompletableFuture<Void> started() {
    return started;
  }

  /** Completed when the listener has had all that was there at the start; fails as the start. */
  public CompletableFuture<Void> caughtUp() {
    return caughtUp;
  }

  /** Ends it: the listener has at most the reply that is under way. */
  @Override
  public void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /** Begins at these offsets; those after the last records that are there are the ends. */
  void begin(Map<TopicPartition, Long> offsets, Map<TopicPartition, Long> present) {
    next.putAll(offsets);
    ends = Map.copyOf(present);
    started.complete(null);
  }

  void fail(RuntimeException why) {
    closed = true;
    started.completeExceptionally(why);
    caughtUp.completeExceptionally(why);
  }

  Set<TopicPartition> partitions() {
    return next.keySet();
  }

  /** The offset of the first record that was not read for it. */
  long next(TopicPartition partition) {
    return Objects.requireNonNull(next.get(partition));
  }

  /**
   * Takes a reply if it is one to the request, unless it was read before: the reader may go back
   * for others.
   */
  void take(TopicPartition partition, long offset, Reply reply) {
    Long due = next.get(partition);
    if (!closed && reply.id().equals(id) && due != null && offset >= due) {
      next.put(partition, offset + 1);
      listener.take(reply, new RecordPlace(partition.topic(), partition.partition(), offset));
    }
  }

  /** Takes note of how far the partitions are read. */
  void reached(ToLongFunction<TopicPartition> position) {
    next.replaceAll((partition, due) -> Math.max(due, position.applyAsLong(partition)));
    if (!caughtUp.isDone()
        && ends.entrySet().stream().allMatch(end -> next(end.getKey()) >= end.getValue())) {
      caughtUp.complete(null);
    }
  }
}
