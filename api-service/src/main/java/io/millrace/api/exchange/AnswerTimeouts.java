package io.millrace.api.exchange;

import java.time.Duration;

/**
 * How long a client may have to wait.
 *
 * @param whole for an answer that comes in one piece
 * @param firstToken for the first token of a stream, queue included
 * @param interToken from one token of a stream to the next
 * @param stream for the end of a stream, however steadily it comes
 */
public record AnswerTimeouts(
    Duration whole, Duration firstToken, Duration interToken, Duration stream) {

  /** For its beginning, by which a worker must have it. */
  Duration begin(boolean streamed) {
    return streamed ? firstToken : whole;
  }

  /** For all of an answer. */
  Duration all(boolean streamed) {
    return streamed ? stream : whole;
  }
}
