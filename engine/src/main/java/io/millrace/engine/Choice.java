package io.millrace.engine;

import io.millrace.engine.AnswerTokens.Told;
import io.millrace.engine.constraint.ConstrainedAnswer;
import io.millrace.engine.constraint.TokenChoice;
import io.millrace.engine.sampling.BadWords;
import io.millrace.engine.sampling.RepeatedNgrams;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.sampling.TokenCounts;
import io.millrace.engine.sampling.TokenScores;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.speculation.Candidate;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.PriorOutput;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One answer to a prompt: its sequence, and how tokens become text. Of several answers to the same
 * prompt all but the first share its sequence until it is computed.
 */
final class Choice {
  private final int index;
  private final long arrival;
  private final Sampling sampling;
  private final BadWords badWords;
  private final StopConditions stop;
  private final AnswerText text;
  private final AnswerOutput said;
  private final AnswerTokens tokens;
  private final boolean scored;
  private final @Nullable ConstrainedAnswer constrained;
  private final @Nullable ReasoningBudget budget;
  private final @Nullable TokenCounts counts;
  private final @Nullable RepeatedNgrams ngrams;
  private Sequence sequence;
  private boolean ownsSequence;
  private double logprobSum;
  private @Nullable FinishReason reason;

  /**
   * The conditions under which an answer is complete.
   *
   * @param maxTokens at most this many tokens
   * @param minTokens neither a stop token nor a stop string before this many
   * @param tellsStopToken whether the text of the token that ends it is part of it
   */
  record StopConditions(
      int maxTokens, int minTokens, Set<Integer> stopTokens, boolean tellsStopToken) {}

  /**
   * The output that one token adds to an answer.
   *
   * @param tokens those that are told now, and with {@code reason} all that are left
   * @param reason why the answer is complete; null while it is not
   */
  record TokenOutput(Told tokens, @Nullable FinishReason reason) {
    /** Whether there is nothing to send. */
    boolean isEmpty() {
      return tokens.ids().isEmpty() && reason == null;
    }
  }

  /**
   * @param index among the answers of the request
   * @param arrival of its sequence, once that is its own
   * @param sequence its own for the first answer, that one's for the others
   * @param tokens on their way to the reader
   * @param scored whether the log-probabilities of its tokens are wanted, told or not
   * @param constrained where it is in what it must match; null if any text will do
   * @param budget of its reasoning; null for none
   */
  Choice(
      int index,
      long arrival,
      Sequence sequence,
      Sampling sampling,
      BadWords badWords,
      StopConditions stop,
      AnswerText text,
      AnswerOutput said,
      AnswerTokens tokens,
      boolean scored,
      @Nullable ConstrainedAnswer constrained,
      @Nullable ReasoningBudget budget) {
    this.index = index;
    this.arrival = arrival;
    this.sequence = sequence;
    this.sampling = sampling;
    this.badWords = badWords;
    this.stop = stop;
    this.text = text;
    this.said = said;
    this.tokens = tokens;
    this.scored = scored;
    this.constrained = constrained;
    this.budget = budget;
    this.ownsSequence = arrival == sequence.arrival();
    int ngramSize = sampling.rules().noRepeatNgramSize();
    this.counts = sampling.isPenalized() ? new TokenCounts(sequence.tokens()) : null;
    this.ngrams = ngramSize > 0 ? new RepeatedNgrams(ngramSize, sequence.tokens()) : null;
  }

  int index() {
    return index;
  }

  Sequence sequence() {
    return sequence;
  }

  /** Whether the answer has a sequence of its own. */
  boolean ownsSequence() {
    return ownsSequence;
  }

  /** Why the answer is complete; null while it is not. */
  @Nullable FinishReason reason() {
    return reason;
  }

  int numTokens() {
    return sequence.numOutputTokens();
  }

  /** Mean log-probability of the answer's tokens; the higher, the better. */
  double meanLogprob() {
    return logprobSum / Math.max(1, numTokens());
  }

  /** Gives this answer a sequence of its own, which goes on from where the shared one is now. */
  void forkSequence() {
    sequence = sequence.fork(sequence.id() + "#" + index, arrival);
    ownsSequence = true;
  }

  /** The sampling row of the next token. */
  SamplingRow nextRow() {
    TokenChoice wishes = constrained == null ? wishes() : TokenChoice.ANY;
    return new SamplingRow(
        sampling,
        sequence.numTokens(),
        counts,
        wishes.forbidden(),
        wishes.forced(),
        wishes.allowed(),
        constrained == null ? null : constrained.mask(),
        scored,
        tokens.alternatives());
  }

  /**
   * The answer as one for which tokens may be proposed.
   *
   * @param most as many at most
   */
  Candidate candidate(int most) {
    int left = stop.maxTokens - numTokens() - 1;
    return new Candidate(sequence, Math.min(most, left), sampling, counts);
  }

  /**
   * Those of the tokens that can come, one after the other; none behind one that ends the answer.
   */
  List<Integer> possible(List<Integer> proposed) {
    if (proposed.isEmpty()) {
      return proposed;
    }
    int end = 0;
    while (end < proposed.size() && !stop.stopTokens.contains(proposed.get(end))) {
      end++;
    }
    List<Integer> possible = proposed.subList(0, Math.min(end + 1, proposed.size()));
    return constrained == null ? possible : possible.subList(0, constrained.numAllowed(possible));
  }

  /** Has the mask of the next token found while the model computes, if there is to be one. */
  private void prepareMask() {
    if (constrained != null && reason == null) {
      constrained.prepare(wishes(), stop.maxTokens - numTokens());
    }
  }

  private TokenChoice wishes() {
    Set<Integer> forbidden = forbidden();
    return new TokenChoice(forbidden, allowed(forbidden), forced());
  }

  private List<Integer> forced() {
    List<Integer> last = isLastToken() ? sampling.rules().forcedEosTokenIds() : List.of();
    return budget == null || !last.isEmpty() ? last : budget.forced(said.isReasoning());
  }

  private Set<Integer> forbidden() {
    Set<Integer> forbidden =
        badWords.banned(numTokens(), i -> sequence.token(sequence.numPromptTokens() + i));
    if (numTokens() < stop.minTokens) {
      forbidden.addAll(stop.stopTokens);
    }
    if (ngrams != null) {
      forbidden.addAll(ngrams.banned());
    }
    return forbidden;
  }

  /** Where all that is allowed is forbidden now, what is allowed comes nevertheless. */
  private List<Integer> allowed(Set<Integer> forbidden) {
    List<Integer> allowed = sampling.rules().allowedTokenIds();
    if (!allowed.isEmpty() && forbidden.containsAll(allowed)) {
      forbidden.clear();
    }
    return allowed;
  }

  private boolean isLastToken() {
    return numTokens() == stop.maxTokens - 1;
  }

  /**
   * Goes on from tokens that an earlier attempt has told, before any other is sampled.
   *
   * @param told at most as many as the answer may have; none for a new one
   */
  void resume(PriorOutput.Choice told) {
    for (int token : told.tokenIds()) {
      append(token, null);
    }
    tokens.rest(text, true);
    if (told.reason() != null) {
      reason = told.reason();
    }
    prepareMask();
  }

  /** Ends an answer of no tokens to a prompt that the model need not see. */
  void endAtOnce() {
    reason = FinishReason.LENGTH;
  }

  /**
   * Appends a sampled token, and returns the output that it adds. Where no answer is wanted, the
   * first token shows that the prompt is computed, and is dropped.
   *
   * @param scores of the token; null unless they are wanted
   * @throws io.millrace.protocol.Invalid if what the answer must match cannot go on
   */
  TokenOutput accept(int token, @Nullable TokenScores scores) {
    if (stop.maxTokens == 0) {
      reason = FinishReason.LENGTH;
      return new TokenOutput(Told.nothing(0), reason);
    }
    TokenOutput added = append(token, scores);
    prepareMask();
    return added;
  }

  private TokenOutput append(int token, @Nullable TokenScores scores) {
    boolean stops = stop.stopTokens.contains(token);
    if (constrained != null && !stops) {
      constrained.accept(token);
    }
    if (budget != null) {
      budget.add(token, said.isReasoning());
    }
    remember(token, scores);
    boolean silent = stops && !stop.tellsStopToken;
    tokens.add(token, silent ? null : scores, text);
    String more = silent ? "" : text.append(token, !stops && numTokens() > stop.minTokens);
    FinishReason why = end(stops);
    boolean cut = text.stopped();
    tokens.say(said.append(why == null || cut ? more : more + text.finish()));
    if (said.isOver()) {
      why = FinishReason.STOP;
    }
    return why == null ? new TokenOutput(tokens.shown(text), null) : end(why, cut);
  }

  /** Why the answer ends with the token that came last, if it does. */
  private @Nullable FinishReason end(boolean stops) {
    if (stops || text.stopped()) {
      return FinishReason.STOP;
    }
    if (constrained != null && constrained.isComplete()) {
      return FinishReason.STOP;
    }
    return numTokens() >= stop.maxTokens ? FinishReason.LENGTH : null;
  }

  private TokenOutput end(FinishReason why, boolean cut) {
    tokens.say(said.finish());
    reason = why == FinishReason.STOP && said.endsForCalls() ? FinishReason.TOOL_CALLS : why;
    return new TokenOutput(tokens.rest(text, cut), reason);
  }

  private void remember(int token, @Nullable TokenScores scores) {
    sequence.append(token);
    if (counts != null) {
      counts.add(token);
    }
    if (ngrams != null) {
      ngrams.add(token);
    }
    if (scores != null) {
      logprobSum += scores.logprob();
    }
  }
}
