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
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The open questions of this process, by id. How many may wait for a worker is bounded; how many
 * are being answered is bounded by the slots of the workers.
 */
public final class Exchanges {
  private static final double NANOS_PER_SECOND = 1e9;

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
    metrics.watch("num.requests.running", "Requests that a worker answers now", this::numRunning);
    metrics.watch(
        "num.requests.waiting", "Requests that no worker has taken yet", this::numWaiting);
    metrics.watch(
        "queue.oldest.age.seconds",
        "How long the oldest of this api's requests has waited that no worker has taken yet",
        model -> oldestWaiting(it -> it.asks(model)) / NANOS_PER_SECOND);
  }

  /**
   * Opens an exchange; replies that come from now on reach it.
   *
   * @param full makes place for one more where too many wait; false if it cannot
   * @throws RequestFailed if too many wait already, or none is taken any more
   */
  synchronized Exchange open(
      String id, boolean stream, RequestMetrics metrics, BooleanSupplier full) {
    if (stopped != null) {
      throw stopped;
    }
    boolean crowded = open.size() >= mostWaiting && numWaiting() >= mostWaiting;
    if (crowded && !full.getAsBoolean()) {
      throw new RequestFailed(
          FailureKind.OVERLOADED,
          "the queue is full: %d requests wait already; try again later".formatted(mostWaiting));
    }
    Exchange exchange = new Exchange(id, stream, metrics);
    open.put(id, exchange);
    localReplies.open(id, exchange::hear);
    return exchange;
  }

  /**
   * Opens the exchange of a stream that goes on, in the place of one that has it here.
   *
   * @param had what the client has had of it
   * @throws RequestFailed if none is taken any more
   */
  synchronized Exchange resume(String id, RequestMetrics metrics, AnswerPosition had) {
    if (stopped != null) {
      throw stopped;
    }
    Exchange exchange = new Exchange(id, metrics, had);
    Exchange before = open.put(id, exchange);
    localReplies.close(id);
    if (before != null) {
      before.passOn();
    }
    return exchange;
  }

  void close(Exchange exchange) {
    if (open.remove(exchange.id(), exchange)) {
      localReplies.close(exchange.id());
    }
  }

  /** Ends every open question, and refuses all that come; clients that can go on hear no end. */
  public void stop(RequestFailed why) {
    synchronized (this) {
      stopped = why;
    }
    for (Exchange exchange : open.values()) {
      if (exchange.resumable() && exchange.isQueued()) {
        exchange.cut();
      } else {
        exchange.fail(why);
      }
    }
  }

  /**
   * The ids of the questions whose workers have not said their last word, and with which nobody can
   * go on elsewhere.
   */
  public List<String> unanswered() {
    return open.values().stream()
        .filter(it -> it.isQueued() && !it.answered() && !it.resumable())
        .map(Exchange::id)
        .toList();
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

  /** How long the oldest of those has been open, in nanoseconds; 0 if there is none. */
  long oldestWaiting() {
    return oldestWaiting(any -> true);
  }

  private long oldestWaiting(Predicate<Exchange> which) {
    return open.values().stream()
        .filter(it -> !it.started() && which.test(it))
        .mapToLong(Exchange::age)
        .max()
        .orElse(0);
  }

  /** How many questions to a model no worker has begun to answer. */
  public int numWaiting(String model) {
    return (int) open.values().stream().filter(it -> it.asks(model) && !it.started()).count();
  }

  /** How many questions to such models no worker has begun to answer. */
  int numWaiting(Predicate<String> models) {
    return (int)
        open.values().stream().filter(it -> !it.started() && models.test(it.model())).count();
  }

  /** How many questions may wait for a worker. */
  int mostWaiting() {
    return mostWaiting;
  }

  private int numRunning(String model) {
    return (int) open.values().stream().filter(it -> it.asks(model) && isRunning(it)).count();
  }

  /** How many questions are being answered. */
  public int numRunning() {
    return (int) open.values().stream().filter(Exchanges::isRunning).count();
  }

  /** One whose client has left stays for a while, and may be answered meanwhile. */
  private static boolean isRunning(Exchange exchange) {
    return exchange.started() && !exchange.answered();
  }
}
