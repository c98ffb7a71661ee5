package io.millrace.bench.serve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one request. Times are in seconds.
 *
 * @param error why it failed; null if it did not
 * @param start when it was sent, on a clock of its own
 * @param latency from there to the last piece of the answer
 * @param ttft from there to the first piece
 * @param gaps between one piece and the next
 * @param promptTokens of the prompt as the server counts, or as asked for
 * @param outputTokens as the server counts; 0 if it does not
 */
record Outcome(
    @Nullable String error,
    double start,
    double latency,
    double ttft,
    List<Double> gaps,
    String text,
    int promptTokens,
    int outputTokens) {

  static Outcome failed(String error, double start, int promptTokens) {
    return new Outcome(error, start, 0, 0, List.of(), "", promptTokens, 0);
  }

  boolean succeeded() {
    return error == null;
  }

  double end() {
    return start + latency;
  }

  Outcome withOutputTokens(int counted) {
    return new Outcome(error, start, latency, ttft, gaps, text, promptTokens, counted);
  }
}
