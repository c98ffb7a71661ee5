package io.millrace.api.exchange;

import io.millrace.protocol.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * What lies between the thread that reads replies and one client that may read slower. Text that
 * waits is joined into one piece for each answer, so a slow client costs its characters and no
 * more, and a client that falls too far behind is given up.
 */
final class ReplyBuffer {
  private final int mostCharacters;
  private final AtomicInteger draining = new AtomicInteger();
  private volatile @Nullable FluxSink<Reply> client;

  // Guarded by this; written by the reader's thread, emptied by whichever thread drains.
  private final Map<Integer, WaitingPiece> pieces = new LinkedHashMap<>();
  private int numWaiting;
  private Reply.@Nullable Finished end;

  private volatile @Nullable Throwable failure;

  /** Whether the client was told the end; touched by the draining thread alone. */
  private boolean ended;

  /**
   * @param mostCharacters how much text may wait
   */
  ReplyBuffer(int mostCharacters) {
    this.mostCharacters = mostCharacters;
  }

  /** Deltas, then a {@link Reply.Finished}, or an error at any point. For one subscriber. */
  Flux<Reply> replies() {
    return Flux.create(
        sink -> {
          client = sink;
          sink.onRequest(more -> drain());
        },
        FluxSink.OverflowStrategy.IGNORE);
  }

  /** Takes text; false when too much waits already. */
  boolean add(Reply.Delta delta) {
    synchronized (this) {
      int size = WaitingPiece.size(delta);
      if (numWaiting + size > mostCharacters) {
        return false;
      }
      numWaiting += size;
      pieces.computeIfAbsent(delta.index(), index -> new WaitingPiece()).add(delta);
    }
    drain();
    return true;
  }

  void finish(Reply.Finished finished) {
    synchronized (this) {
      end = finished;
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
    FluxSink<Reply> sink = client;
    if (sink == null || draining.getAndIncrement() > 0) {
      return;
    }
    int missed = 1;
    do {
      give(sink);
      missed = draining.addAndGet(-missed);
    } while (missed > 0);
  }

  private void give(FluxSink<Reply> sink) {
    while (!ended) {
      Throwable cause = failure;
      Reply next = cause == null && sink.requestedFromDownstream() > 0 ? next() : null;
      if (cause != null) {
        ended = true;
        sink.error(cause);
      } else if (next != null) {
        ended = next.isLast();
        sink.next(next);
      } else {
        return;
      }
    }
    sink.complete();
  }

  private synchronized @Nullable Reply next() {
    var oldest = pieces.values().iterator();
    if (!oldest.hasNext()) {
      return end;
    }
    WaitingPiece piece = oldest.next();
    oldest.remove();
    numWaiting -= piece.size();
    return piece.joined();
  }
}
