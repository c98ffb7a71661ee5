package io.millrace.bench.serve;

import io.millrace.models.text.Tokenizer;
import java.util.List;

/**
 * The number of tokens of answers: what the server said in {@code usage}; else what the tokenizer
 * makes of the text, which may be a few more or less than the model made; else, where there is no
 * text, how many pieces came.
 */
final class OutputTokens {
  private OutputTokens() {}

  static List<Outcome> counted(List<Outcome> outcomes, Tokenizer tokenizer) {
    return outcomes.stream().map(outcome -> counted(outcome, tokenizer)).toList();
  }

  private static Outcome counted(Outcome outcome, Tokenizer tokenizer) {
    if (!outcome.succeeded() || outcome.outputTokens() > 0) {
      return outcome;
    }
    int tokens = tokenizer.encode(outcome.text(), false).length;
    return outcome.withOutputTokens(tokens > 0 ? tokens : outcome.gaps().size() + 1);
  }
}
