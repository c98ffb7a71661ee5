package io.millrace.engine;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.AnswerJoiner;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.TokenLogprobs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of an answer on their way to its reader, with what each of them makes certain, and
 * their log-probabilities if these are wanted.
 *
 * <p>What another worker goes on from is the tokens that were told, so with these all is told that
 * they make certain, and nothing else: read anew, they say the same. A token is held back until its
 * text begins to be shown, since a stop string cuts log-probabilities where it cuts the text, and
 * until something is said. "Shown" is what comes out of the stop strings: places and offsets of
 * log-probabilities count the tags of reasoning and calls, too.
 */
final class AnswerTokens {
  /** Tokens that are told though nothing is said: the reader must hear that the answer goes on. */
  private static final int MOST_SILENT = 64;

  private final @Nullable TokenLogprobsFactory factory;
  private final int alternatives;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private boolean first;
  private int numTold;

  /**
   * @param begin length of the text before it
   * @param place null if no log-probabilities are told of it
   * @param said what is certain with it, and was not without it
   */
  private record Waiting(int token, int begin, @Nullable TokenLogprobs place, AnswerPiece said) {}

  /**
   * Consecutive tokens.
   *
   * @param begin how many of the answer come before them
   * @param logprobs of those that are told; empty unless they are wanted
   * @param said what is certain with them, and was not without them
   */
  record Told(int begin, List<Integer> ids, List<TokenLogprobs> logprobs, AnswerPiece said) {
    static Told nothing(int begin) {
      return new Told(begin, List.of(), List.of(), AnswerPiece.NONE);
    }

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
    waiting.add(new Waiting(token, text.length(), place, AnswerPiece.NONE));
  }

  /** Takes what is certain with the token that came last. */
  void say(AnswerPiece piece) {
    if (!piece.isEmpty()) {
      Waiting last = waiting.removeLast();
      AnswerPiece said = joined(Stream.of(last.said, piece));
      waiting.add(new Waiting(last.token, last.begin, last.place, said));
    }
  }

  /** Removes and returns those that may be told. */
  Told shown(AnswerText text) {
    List<Waiting> shown = new ArrayList<>();
    boolean silent = true;
    for (Waiting one : waiting) {
      if (one.begin >= text.numShown()) {
        break;
      }
      shown.add(one);
      silent &= one.said.isEmpty();
    }
    if (silent && shown.size() < MOST_SILENT) {
      return Told.nothing(numTold);
    }
    shown.forEach(one -> waiting.remove());
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
    return new Told(
        begin,
        tokens.stream().map(Waiting::token).toList(),
        logprobs,
        joined(tokens.stream().map(Waiting::said)));
  }

  private static AnswerPiece joined(Stream<AnswerPiece> pieces) {
    List<AnswerPiece> some = pieces.filter(piece -> !piece.isEmpty()).toList();
    if (some.size() <= 1) {
      return some.isEmpty() ? AnswerPiece.NONE : some.get(0);
    }
    AnswerJoiner joiner = new AnswerJoiner();
    some.forEach(joiner::add);
    return joiner.joined();
  }
}
