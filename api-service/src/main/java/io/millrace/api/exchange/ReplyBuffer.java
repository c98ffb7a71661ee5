package io.millrace.api.exchange;

import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * What lies between the thread that reads replies and one client that may read slower. Text that
 * waits is joined into one batch with a piece for each answer, so a slow client costs its
 * characters and no more, and a client that falls too far behind is given up.
 *
 * <p>For a client that goes on with a stream, what it has had comes again in the batches in which
 * it has had it, so that all events can be made as they were.
 */
final class ReplyBuffer {
  private final int mostCharacters;
  private final AtomicInteger draining = new AtomicInteger();
  private final AnswerPosition had;
  private volatile @Nullable FluxSink<List<Reply>> client;
  private volatile boolean left;

  // Guarded by this; written by the reader's thread, emptied by whichever thread drains.
  private final Deque<WaitingBatch> batches = new ArrayDeque<>();
  private int numWaiting;
  private int told;

  /** Whether the last batch takes no more. */
  private boolean sealed;

  private Reply.@Nullable Finished end;

  private volatile @Nullable Throwable failure;

  /** Whether the client was told the end; touched by the draining thread alone. */
  private boolean ended;

  /**
   * @param mostCharacters how much text may wait
   * @param had what the client has had of it before
   */
  ReplyBuffer(int mostCharacters, AnswerPosition had) {
    this.mostCharacters = mostCharacters;
    this.had = had;
  }

  /**
   * Batches of deltas, then one of a {@link Reply.Finished}, or an error at any point. For one
   * subscriber; once that has left, nothing is kept.
   */
  Flux<List<Reply>> batches() {
    return Flux.create(
        sink -> {
          client = sink;
          sink.onCancel(() -> left = true);
          sink.onRequest(more -> drain());
        },
        FluxSink.OverflowStrategy.IGNORE);
  }

  /** Takes text; false when too much waits already. */
  boolean add(Reply.Delta delta) {
    if (left) {
      return true;
    }
    synchronized (this) {
      int size = WaitingPiece.size(delta);
      if (numWaiting + size > mostCharacters) {
        return false;
      }
      int after = told + delta.tokenIds().size();
      if (after > had.mostTold(told)) {
        failure = differently();
      } else {
        numWaiting += size;
        told = after;
        add(delta, told <= had.told() || told == had.end());
      }
    }
    drain();
    return true;
  }

  private void add(Reply.Delta delta, boolean last) {
    if (sealed || batches.isEmpty()) {
      batches.add(new WaitingBatch());
    }
    batches.getLast().add(delta);
    sealed = last;
  }

  private static RequestFailed differently() {
    return new RequestFailed(
        FailureKind.UNAVAILABLE,
        "the stream cannot go on: another worker has told the answer in other pieces");
  }

  void finish(Reply.Finished finished) {
    synchronized (this) {
      boolean whole = told >= had.end();
      boolean same = had.part() != AnswerPosition.Part.END || told == had.told();
      if (whole && same) {
        end = finished;
      } else {
        failure = differently();
      }
    }
    drain();
  }

  /** Ends the answer at once; text that waits is dropped. */
  void fail(Throwable cause) {
    failure = cause;
    drain();
  }

  /** Only one thread at a time gives to the client; one that comes meanwhile leaves it its work. */
  private void drain() {
    FluxSink<List<Reply>> sink = client;
    if (sink == null || draining.getAndIncrement() > 0) {
      return;
    }
    int missed = 1;
    do {
      give(sink);
      missed = draining.addAndGet(-missed);
    } while (missed > 0);
  }

  private void give(FluxSink<List<Reply>> sink) {
    while (!ended && !left) {
      Throwable cause = failure;
      List<Reply> next = cause == null && sink.requestedFromDownstream() > 0 ? next() : List.of();
      if (cause != null) {
        ended = true;
        sink.error(cause);
      } else if (!next.isEmpty()) {
        ended = next.get(0).isLast();
        sink.next(next);
      } else {
        return;
      }
    }
    sink.complete();
  }

  private synchronized List<Reply> next() {
    // A batch that the client has had is no other when it comes in parts.
    if (batches.size() == 1 && !sealed && told < had.end()) {
      return List.of();
    }
    WaitingBatch oldest = batches.poll();
    if (oldest == null) {
      return end == null ? List.of() : List.of(end);
    }
    numWaiting -= oldest.size();
    return oldest.joined();
  }
}
