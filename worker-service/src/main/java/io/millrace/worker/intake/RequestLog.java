package io.millrace.worker.intake;

import io.millrace.protocol.Reply;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The log of requests: a line for each that ends here. No text of a prompt or an answer is told.
 */
final class RequestLog {
  private static final Logger log = LoggerFactory.getLogger(RequestLog.class);

  /** Of HTTP: what failed by no fault of its client. */
  static final int FIRST_SERVER_ERROR = 500;

  private RequestLog() {}

  /**
   * Tells the end of a request.
   *
   * @param last its last reply; null if it was answered before, or nobody can be told
   * @param outcome what became of its lease
   */
  static void ended(String id, int attempt, @Nullable Reply last, AcknowledgeType outcome) {
    String how = outcome == AcknowledgeType.ACCEPT ? reason(last) : "given back";
    log.atLevel(isFault(last, outcome) ? Level.WARN : Level.INFO)
        .addKeyValue("id", id)
        .addKeyValue("attempt", attempt)
        .addKeyValue("outcome", how)
        .addKeyValue("prompt_tokens", last == null ? 0 : promptTokens(last))
        .addKeyValue("completion_tokens", last == null ? 0 : completionTokens(last))
        .log("request ended");
  }

  private static boolean isFault(@Nullable Reply last, AcknowledgeType outcome) {
    return outcome != AcknowledgeType.ACCEPT
        || (last instanceof Reply.Failed failed && failed.kind().status() >= FIRST_SERVER_ERROR);
  }

  private static String reason(@Nullable Reply last) {
    return last == null
        ? "not answered here"
        : last.match(
            begun -> "accepted",
            delta -> "streamed",
            finished -> finished.reason().label(),
            failed -> failed.kind().label());
  }

  private static int promptTokens(Reply last) {
    return last.match(begun -> 0, delta -> 0, end -> end.usage().promptTokens(), failed -> 0);
  }

  /** Of a failure, those of the longest answer. */
  private static int completionTokens(Reply last) {
    return last.match(
        begun -> 0, delta -> 0, end -> end.usage().completionTokens(), Reply.Failed::seq);
  }
}
