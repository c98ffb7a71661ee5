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
    return reply.match(begun -> isFirst(), this::isNew, finished -> end(), failed -> end());
  }

  private boolean isFirst() {
    boolean first = !accepted;
    accepted = true;
    return first;
  }

  private boolean isNew(Reply.Delta delta) {
    if (delta.seq() <= lastSeq(delta)) {
      return false;
    }
    lastSeqs.put(delta.index(), delta.seq());
    return true;
  }

  private boolean end() {
    ended = true;
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

  /** The same of the answer that a delta goes on with; 0 for other replies. */
  int lastSeq(Reply reply) {
    return reply.match(begun -> 0, delta -> lastSeq(delta.index()), finished -> 0, failed -> 0);
  }

  /** The number of tokens of one answer whose text was seen. */
  int lastSeq(int index) {
    return lastSeqs.getOrDefault(index, 0);
  }
}
