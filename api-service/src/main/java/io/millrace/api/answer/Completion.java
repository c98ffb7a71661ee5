package io.millrace.api.answer;

import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;

/** A whole answer. */
public record Completion(String text, FinishReason reason, Usage usage) {

  /**
   * Joins the replies of one answer.
   *
   * @throws IllegalStateException if the last of them is no end
   */
  static Completion of(List<Reply> replies) {
    StringBuilder text = new StringBuilder();
    for (Reply reply : replies) {
      if (reply instanceof Reply.Delta delta) {
        text.append(delta.text());
      } else if (reply instanceof Reply.Finished end) {
        return new Completion(text.append(end.text()).toString(), end.reason(), end.usage());
      }
    }
    throw new IllegalStateException("an answer of " + replies.size() + " replies has no end");
  }
}
