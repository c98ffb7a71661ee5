package io.millrace.standalone.bench;

import java.net.http.HttpResponse;
import java.util.concurrent.Flow;

/**
 * How a streamed answer ended, as its client saw it.
 *
 * @param firstTokenNanos from the request to the first event; 0 if there was none
 */
record StreamOutcome(End end, long firstTokenNanos) {
  /** The ways in which a request may end. */
  enum End {
    /** All of the answer came. */
    ANSWERED,
    /** Too much was waiting, or its asker had had its share. */
    REFUSED,
    /** Its deadline passed first. */
    EXPIRED,
    /** Anything else, a lost connection above all. */
    FAILED,
    /** No word of it came, long after its deadline. */
    FORGOTTEN
  }

  private static final int REFUSED = 429;
  private static final int EXPIRED = 504;

  /** Of an answer whose lines were read. */
  static StreamOutcome of(HttpResponse<?> response, Lines lines, long sentAt) {
    long first = lines.firstAt == 0 ? 0 : lines.firstAt - sentAt;
    if (lines.done) {
      return new StreamOutcome(End.ANSWERED, first);
    }
    int status = response.statusCode();
    if (status == REFUSED || lines.code("overloaded")) {
      return new StreamOutcome(End.REFUSED, first);
    }
    boolean expired = status == EXPIRED || lines.code("deadline");
    return new StreamOutcome(expired ? End.EXPIRED : End.FAILED, first);
  }

  /** The lines of an answer as they come. */
  static final class Lines implements Flow.Subscriber<String> {
    private volatile long firstAt;
    private volatile boolean done;
    private volatile String last = "";

    private boolean code(String code) {
      return last.contains("\"code\":\"" + code + "\"");
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
      if (line.startsWith("data: {") && firstAt == 0) {
        firstAt = System.nanoTime();
      }
      if (line.startsWith("data: ")) {
        last = line;
        done = line.equals("data: [DONE]");
      }
    }

    @Override
    public void onError(Throwable e) {
      done = false;
    }

    @Override
    public void onComplete() {
      // What counts is whether the last event came.
    }
  }
}
