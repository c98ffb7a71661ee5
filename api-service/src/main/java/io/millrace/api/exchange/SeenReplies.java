package io.millrace.api.exchange;

import io.millrace.protocol.Reply;
import java.util.HashMap;
import java.util.Map;

/**
 * Which replies of one answer are news. A request that starts again on another worker sends its
 * replies again from the first; the place within the answer tells which were shown already.
 */
final class SeenReplies {
  private boolean accepted;
  private boolean ended;

  /** By index of the answer. */
  private final Map<Integer, Integer> lastSeqs = new HashMap<>();

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
    int index = reply instanceof Reply.Delta delta ? delta.index() : 0;
    if (reply.seq() <= lastSeq(index)) {
      return false;
    }
    lastSeqs.put(index, reply.seq());
    return true;
  }

  /** Whether a worker has begun. */
  boolean started() {
    return accepted || ended || !lastSeqs.isEmpty();
  }

  /** Whether the last reply was seen. */
  boolean ended() {
    return ended;
  }

  /** The number of tokens of one answer whose text was seen. */
  int lastSeq(int index) {
    return lastSeqs.getOrDefault(index, 0);
  }
}
