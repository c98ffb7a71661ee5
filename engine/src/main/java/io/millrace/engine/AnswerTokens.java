package io.millrace.engine;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.TokenLogprobs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of an answer on their way to its reader, and their log-probabilities if these are
 * wanted. Each is held back until its text begins to be shown: what another worker goes on from is
 * what the reader has seen, and a stop string cuts log-probabilities where it cuts the text.
 */
final class AnswerTokens {
  private final @Nullable TokenLogprobsFactory factory;
  private final int alternatives;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean first;
  private int numTold;

  /**
   * @param begin length of the text before it
   * @param place null if no log-probabilities are told of it
   */
  private record Waiting(int token, int begin, @Nullable TokenLogprobs place) {}

  /**
   * Consecutive tokens.
   *
   * @param begin how many of the answer come before them
   * @param logprobs of those that are told; empty unless they are wanted
   */
  record Told(int begin, List<Integer> ids, List<TokenLogprobs> logprobs) {
    /** How many tokens of the answer are told by now. */
    int end() {
      return begin + ids.size();
    }
  }

  /**
   * @param factory null if no log-probabilities are wanted
   * @param alternatives how many of the likeliest tokens are reported
   * @param first whether no text stands before the answer
   */
  AnswerTokens(@Nullable TokenLogprobsFactory factory, int alternatives, boolean first) {
    this.factory = factory;
    this.alternatives = alternatives;
    this.first = first;
  }

  int alternatives() {
    return alternatives;
  }

  /**
   * Takes the next token, whose text begins where {@code text} ends now.
   *
   * @param scores null if no log-probabilities are told of it
   */
  void add(int token, @Nullable TokenScores scores, AnswerText text) {
    TokenLogprobs place = null;
    if (factory != null && scores != null) {
      place = factory.place(scores, alternatives, text.codePoints(), first);
    }
    first &= factory != null && factory.isSpecial(token);
    waiting.add(new Waiting(token, text.length(), place));
  }

  /** Removes and returns those whose text has begun to be shown. */
  Told shown(AnswerText text) {
    List<Waiting> shown = new ArrayList<>();
    while (!waiting.isEmpty() && waiting.element().begin < text.numShown()) {
      shown.add(waiting.remove());
    }
    return told(shown, shown);
  }

  /**
   * Removes and returns all that are still held back.
   *
   * @param cut whether a stop string has ended the text, and log-probabilities with it
   */
  Told rest(AnswerText text, boolean cut) {
    List<Waiting> rest = List.copyOf(waiting);
    waiting.clear();
    return told(
        rest, cut ? rest.stream().filter(one -> one.begin < text.numShown()).toList() : rest);
  }

  private Told told(List<Waiting> tokens, List<Waiting> scored) {
    int begin = numTold;
    numTold += tokens.size();
    List<TokenLogprobs> logprobs = new ArrayList<>();
    for (Waiting one : scored) {
      if (one.place != null) {
        logprobs.add(one.place);
      }
    }
    return new Told(begin, tokens.stream().map(Waiting::token).toList(), logprobs);
  }
}
