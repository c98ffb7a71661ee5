package io.millrace.protocol;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Replies to readers in the worker's own process, who hear them as they are made; Kafka gets them
 * all the same, and keeps them for everybody else. Safe for use by several threads.
 */
public final class LocalReplies {
  private final Map<String, Consumer<Reply>> readers = new ConcurrentHashMap<>();

  /**
   * Lets a reader hear the replies to a request that a worker takes from now on.
   *
   * @param reader hears each reply in order, on a thread of the worker, which it must not hold up
   */
  public void open(String id, Consumer<Reply> reader) {
    readers.put(id, reader);
  }

  /** Ends what {@link #open} began, for requests that a worker takes from now on. */
  public void close(String id) {
    readers.remove(id);
  }

  /** Who reads the replies to a request in this process. */
  public Optional<Consumer<Reply>> reader(String id) {
    return Optional.ofNullable(readers.get(id));
  }
}
