package io.millrace.engine;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.TokenLogprobs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The log-probabilities of an answer's tokens, held back until the tokens' text is shown, so that a
 * stop string cuts both at the same place.
 */
final class AnswerLogprobs {
  private final TokenLogprobsFactory factory;
  private final int alternatives;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean first;

  private record Waiting(int begin, TokenLogprobs place) {}

  /**
   * @param alternatives how many of the likeliest tokens are reported
   * @param first whether no text stands before the answer
   */
  AnswerLogprobs(TokenLogprobsFactory factory, int alternatives, boolean first) {
    this.factory = factory;
    this.alternatives = alternatives;
    this.first = first;
  }

  int alternatives() {
    return alternatives;
  }

  /** Takes the next token, whose text begins where {@code text} ends now. */
  void add(TokenScores scores, AnswerText text) {
    TokenLogprobs place = factory.place(scores, alternatives, text.codePoints(), first);
    waiting.add(new Waiting(text.length(), place));
    first &= factory.isSpecial(scores.token());
  }

  /** Removes and returns those whose text has begun to be shown. */
  List<TokenLogprobs> shown(AnswerText text) {
    List<TokenLogprobs> shown = new ArrayList<>();
    while (!waiting.isEmpty() && waiting.element().begin < text.numShown()) {
      shown.add(waiting.remove().place);
    }
    return shown;
  }

  /** Removes and returns all that are still held back. */
  List<TokenLogprobs> rest() {
    List<TokenLogprobs> rest = waiting.stream().map(Waiting::place).toList();
    waiting.clear();
    return rest;
  }
}
