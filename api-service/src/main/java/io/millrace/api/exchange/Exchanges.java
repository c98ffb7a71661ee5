package io.millrace.api.exchange;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.api.metrics.ServingMetrics;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.Reply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The open questions of this process, by id. How many may wait for a worker is bounded; how many
 * are being answered is bounded by the slots of the workers.
 */
public final class Exchanges {
  private final Map<String, Exchange> open = new ConcurrentHashMap<>();
  private final int mostWaiting;
  private final LocalReplies localReplies;

  /** Why no question is taken any more; null while they are. Guarded by this. */
  private @Nullable RequestFailed stopped;

  /**
   * @param mostWaiting how many questions may wait for a worker
   * @param localReplies from a worker in this process
   */
  public Exchanges(int mostWaiting, ServingMetrics metrics, LocalReplies localReplies) {
    this.mostWaiting = mostWaiting;
    this.localReplies = localReplies;
    metrics.watch(this::numRunning, this::numWaiting);
  }

  /**
   * Opens an exchange; replies that come from now on reach it.
   *
   * @throws RequestFailed if too many wait already, or none is taken any more
   */
  synchronized Exchange open(String id, boolean stream, RequestMetrics metrics) {
    if (stopped != null) {
      throw stopped;
    }
    if (open.size() >= mostWaiting && numWaiting() >= mostWaiting) {
      throw new RequestFailed(
          FailureKind.OVERLOADED,
          "the queue is full: %d requests wait already; try again later".formatted(mostWaiting));
    }
    Exchange exchange = new Exchange(id, stream, metrics);
    open.put(id, exchange);
    localReplies.open(id, exchange::hear);
    return exchange;
  }

  void close(Exchange exchange) {
    open.remove(exchange.id());
    localReplies.close(exchange.id());
  }

  /** Ends every open question, and refuses all that come. */
  public void stop(RequestFailed why) {
    synchronized (this) {
      stopped = why;
    }
    open.values().forEach(exchange -> exchange.fail(why));
  }

  /** The ids of the questions whose workers have not said their last word. */
  public List<String> unanswered() {
    return open.values().stream().filter(it -> !it.answered()).map(Exchange::id).toList();
  }

  /** Whether somebody waits for the replies to a request. */
  public boolean isOpen(String id) {
    return open.containsKey(id);
  }

  /** Hands a reply from Kafka to whoever waits for it; one that nobody waits for is dropped. */
  public void deliver(Reply reply) {
    Exchange exchange = open.get(reply.id());
    if (exchange != null) {
      exchange.deliver(reply);
    }
  }

  /** How many questions no worker has begun to answer. */
  public int numWaiting() {
    int waiting = 0;
    for (Exchange exchange : open.values()) {
      if (!exchange.started()) {
        waiting++;
      }
    }
    return waiting;
  }

  private int numWaiting(String model) {
    return (int) open.values().stream().filter(it -> it.asks(model) && !it.started()).count();
  }

  private int numRunning(String model) {
    return (int) open.values().stream().filter(it -> it.asks(model) && it.started()).count();
  }

  /** How many questions are being answered. */
  public int numRunning() {
    return open.size() - numWaiting();
  }
}
