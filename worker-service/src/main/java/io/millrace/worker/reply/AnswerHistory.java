package io.millrace.worker.reply;

import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyTracker;
import io.millrace.worker.reply.PriorReplies.StoredReply;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The history of one answer, as it is read. Belongs to one thread. */
final class AnswerHistory {
  private final ReplyTracker tracker = new ReplyTracker();
  private @Nullable RecordPlace first;
  private @Nullable StoredReply end;
  private Reply.@Nullable Accepted begun;
  private int vainAttempts;

  /** What came before a reply that begins another attempt. */
  PriorReplies before(Reply.Accepted next) {
    PriorOutput output = tracker.output(next.source());
    boolean same = begun != null && begun.source().equals(next.source());
    return new PriorReplies(output, first, output.ended() ? end : null, same ? vainAttempts : 0);
  }

  void take(Reply reply, RecordPlace place) {
    if (first == null) {
      first = place;
    }
    Optional<Reply> news = tracker.take(reply);
    news.filter(Reply::isLast).ifPresent(last -> end = new StoredReply(last, place));
    reply.handle(
        this::begin,
        delta -> vainAttempts = news.isPresent() ? 0 : vainAttempts,
        finished -> {},
        failed -> {});
  }

  /** A worker that says it again goes on, with another lease or a higher number. */
  private void begin(Reply.Accepted next) {
    if (begun == null || !begun.source().equals(next.source())) {
      vainAttempts = 1;
    } else if (!begun.worker().equals(next.worker())) {
      vainAttempts++;
    }
    begun = next;
  }
}
