package io.millrace.api.exchange;

import io.millrace.api.error.RequestFailed;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyTracker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * One open question. Replies come from the reader's thread, or, from a worker in this process, on
 * one of its own; failures come from any thread, and the first of either end closes it.
 *
 * <p>One that is resumed hears all of its replies from one thread, from the first on, in the place
 * of those that this process would hear of by itself.
 */
final class Exchange {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  /** Several minutes of a fast answer; a client this far behind does not read. */
  private static final int MOST_WAITING_CHARACTERS = 256 * 1024;

  /** Of a client that goes on: what there was before it came waits, too. */
  private static final int MOST_RESUMED_CHARACTERS = 4 * 1024 * 1024;

  private static final int NONE = -1;

  private final String id;
  private final boolean stream;
  private final RequestMetrics metrics;
  private final boolean resumed;
  private final ReplyBuffer buffer;
  private final long openedAt = System.nanoTime();

  // Guarded by this.
  private final ReplyTracker tracker = new ReplyTracker();
  private int heardAttempt = NONE;

  /** By index of the answer; guarded by this. */
  private final Map<Integer, Long> lastTextAt = new HashMap<>();

  /** Guarded by this. */
  private Runnable goingOn = () -> {};

  /** Guarded by this. */
  private Runnable starting = () -> {};

  /** Whether its request may be in the queue, or on a worker. */
  private volatile boolean queued;

  private volatile boolean started;
  private volatile boolean answered;
  private volatile boolean resumable;
  private volatile boolean cut;
  private volatile boolean passedOn;

  Exchange(String id, boolean stream, RequestMetrics metrics) {
    this.id = id;
    this.stream = stream;
    this.metrics = metrics;
    this.resumed = false;
    this.buffer = new ReplyBuffer(MOST_WAITING_CHARACTERS, AnswerPosition.NOTHING);
  }

  /**
   * A stream that goes on.
   *
   * @param had what the client has had of it
   */
  Exchange(String id, RequestMetrics metrics, AnswerPosition had) {
    this.id = id;
    this.stream = true;
    this.metrics = metrics;
    this.resumed = true;
    this.queued = true;
    this.buffer = new ReplyBuffer(MOST_RESUMED_CHARACTERS, had);
  }

  String id() {
    return id;
  }

  /** The model that is asked. */
  String model() {
    return metrics.model();
  }

  /** Whether that model is asked. */
  boolean asks(String model) {
    return model().equals(model);
  }

  /** The answer's text as it comes, then its end. For one subscriber. */
  Flux<Reply> replies() {
    return batches().concatMapIterable(batch -> batch);
  }

  /** The same as it comes at once: deltas of several answers, or the end. For one subscriber. */
  Flux<List<Reply>> batches() {
    return buffer.batches();
  }

  /** Lets another process, or this one, go on with it when its client is lost. */
  void letResume() {
    resumable = true;
  }

  /** Whether another one may go on with it. */
  boolean resumable() {
    return resumable;
  }

  /** Ends its connection without a word: its client goes on elsewhere. */
  void cut() {
    cut = true;
    fail(new StreamCut());
  }

  boolean isCut() {
    return cut;
  }

  /** Ends it, as another exchange of this process goes on with it. */
  void passOn() {
    passedOn = true;
    cut();
  }

  /** Whether another exchange of this process goes on with it. */
  boolean passedOn() {
    return passedOn;
  }

  /** Says that its request goes into the queue. */
  void enqueue() {
    queued = true;
  }

  /** Whether its request may be in the queue, or on a worker. */
  boolean isQueued() {
    return queued;
  }

  /** For how long it has been open, in nanoseconds. */
  long age() {
    return System.nanoTime() - openedAt;
  }

  /** Says who is told that a worker has begun. */
  synchronized void whenItStarts(Runnable listener) {
    starting = listener;
  }

  /** Ends the connection of a client that cannot go on with it now: it comes again. */
  void putOff() {
    metrics.failed(FailureKind.UNAVAILABLE);
    cut();
  }

  /** Whether a worker has begun. */
  boolean started() {
    return started;
  }

  /** Whether the worker has said its last word, so that there is nothing to cancel. */
  boolean answered() {
    return answered;
  }

  /**
   * Says who is told of every sign of the answer from its first token on. One that is told again by
   * another worker is a sign, too.
   */
  synchronized void whenItGoesOn(Runnable listener) {
    goingOn = listener;
  }

  /** Takes a reply from a worker in this process. */
  synchronized void hear(Reply reply) {
    heardAttempt = reply.attempt();
    take(reply);
  }

  /** Takes a reply from Kafka, unless its worker tells its replies to this process by itself. */
  synchronized void deliver(Reply reply) {
    if (!resumed && reply.attempt() != heardAttempt) {
      take(reply);
    }
  }

  /** Takes the next of all replies, if it is resumed. */
  synchronized void follow(Reply reply) {
    take(reply);
  }

  private void take(Reply reply) {
    metrics.heard(reply.attempt());
    if (reply.match(begun -> !lastTextAt.isEmpty(), delta -> true, end -> true, failed -> true)) {
      goingOn.run();
    }
    Reply news = tracker.take(reply).orElse(null);
    if (tracker.started() && !started) {
      started = true;
      starting.run();
    }
    if (news == null) {
      metrics.duplicateReply();
      return;
    }
    answered = reply.isLast() && !isReplaced(reply, news);
    news.handle(this::begin, this::add, this::finish, this::fail);
  }

  /** Whether the answer cannot go on, so that its worker must be told to stop. */
  private static boolean isReplaced(Reply reply, Reply news) {
    return !reply.type().equals(news.type());
  }

  private void begin(Reply.Accepted accepted) {
    log.debug("{} accepted by {} (attempt {})", id, accepted.worker(), accepted.attempt());
    if (!resumed) {
      metrics.queued(accepted.queuedMillis());
    }
  }

  private void add(Reply.Delta delta) {
    metrics.streamed(delta.tokenIds().size());
    time(delta.index(), delta.tokenIds().size());
    if (!buffer.add(delta)) {
      fail(
          new RequestFailed(
              FailureKind.OVERLOADED, "the answer was cut off: its reader is too slow"));
    }
  }

  private void finish(Reply.Finished finished) {
    metrics.finished(finished, System.nanoTime() - openedAt);
    buffer.finish(finished);
  }

  private void fail(Reply.Failed failed) {
    fail(RequestFailed.of(failed));
  }

  /** Ends it without the rest of the answer. */
  void fail(RuntimeException failure) {
    buffer.fail(failure);
  }

  private void time(int index, int tokens) {
    long now = System.nanoTime();
    boolean first = lastTextAt.isEmpty();
    Long before = lastTextAt.put(index, now);
    // What is read once more took another time when it was made.
    boolean measured = stream && !resumed;
    if (measured && first) {
      metrics.firstToken(now - openedAt);
    } else if (measured && before != null) {
      metrics.laterTokens((now - before) / tokens);
    }
  }
}
