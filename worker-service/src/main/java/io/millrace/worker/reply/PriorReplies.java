package io.millrace.worker.reply;

import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The replies that earlier attempts at a request have told.
 *
 * @param output what the next attempt goes on from
 * @param first where the first of them lies; null if there is none
 * @param end the last of them; null before the end
 * @param vainAttempts how many workers have begun since something was last told of the answer
 */
public record PriorReplies(
    PriorOutput output, @Nullable RecordPlace first, @Nullable StoredReply end, int vainAttempts) {
  /** Of a request that nobody has begun to answer. */
  public static final PriorReplies NONE = new PriorReplies(PriorOutput.NONE, null, null, 0);

  /** A reply, and where it lies. */
  public record StoredReply(Reply reply, RecordPlace place) {}
}
