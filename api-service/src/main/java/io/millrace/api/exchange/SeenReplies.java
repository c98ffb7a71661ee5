package io.millrace.api.exchange;

import io.millrace.protocol.Reply;

/**
 * Which replies of one answer are news. A request that starts again on another worker sends its
 * replies again from the first; the place within the answer tells which were shown already.
 */
final class SeenReplies {
  private boolean accepted;
  private boolean ended;
  private int lastSeq;

  /** Whether {@code reply} says something new; it counts as seen from now on. */
  boolean isNew(Reply reply) {
    if (ended) {
      return false;
    }
    if (reply instanceof Reply.Accepted) {
      boolean first = !accepted;
      accepted = true;
      return first;
    }
    if (reply.isLast()) {
      ended = true;
      return true;
    }
    if (reply.seq() <= lastSeq) {
      return false;
    }
    lastSeq = reply.seq();
    return true;
  }

  /** Whether a worker has begun. */
  boolean started() {
    return accepted || ended || lastSeq > 0;
  }

  /** Whether the last reply was seen. */
  boolean ended() {
    return ended;
  }

  /** The number of tokens whose text was seen. */
  int lastSeq() {
    return lastSeq;
  }
}
