package io.millrace.worker.reply;

import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyTracker;
import io.millrace.worker.reply.PriorReplies.StoredReply;
import org.jspecify.annotations.Nullable;

/** The history of one answer, as it is read. Belongs to one thread. */
final class AnswerHistory {
  private final ReplyTracker tracker = new ReplyTracker();
  private @Nullable RecordPlace first;
  private @Nullable StoredReply end;

  /** What came before a reply that begins another attempt. */
  PriorReplies before(Reply.Accepted next) {
    PriorOutput output = tracker.output(next.source());
    return new PriorReplies(output, first, output.ended() ? end : null);
  }

  void take(Reply reply, RecordPlace place) {
    if (first == null) {
      first = place;
    }
    tracker.take(reply).filter(Reply::isLast).ifPresent(last -> end = new StoredReply(last, place));
  }
}
