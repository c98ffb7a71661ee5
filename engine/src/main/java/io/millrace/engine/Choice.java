package io.millrace.engine;

import io.millrace.engine.sampling.RepeatedNgrams;
import io.millrace.engine.sampling.Sampling;
import io.millrace.engine.sampling.SamplingRow;
import io.millrace.engine.sampling.TokenCounts;
import io.millrace.engine.sampling.TokenScores;
import io.millrace.engine.schedule.Sequence;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.TokenLogprobs;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One answer to a request: its sequence, and how tokens become text. Of several answers to the same
 * prompt all but the first share its sequence until it is computed.
 */
final class Choice {
  private final int index;
  private final long arrival;
  private final Sampling sampling;
  private final StopConditions stop;
  private final AnswerText text;
  private final @Nullable AnswerLogprobs logprobs;
  private final boolean scored;
  private final @Nullable TokenCounts counts;
  private final @Nullable RepeatedNgrams ngrams;
  private Sequence sequence;
  private boolean parted;
  private double logprobSum;
  private @Nullable FinishReason reason;

  /**
   * When an answer is complete.
   *
   * @param maxTokens at most this many tokens
   * @param minTokens no stop token before this many
   */
  record StopConditions(int maxTokens, int minTokens, Set<Integer> stopTokens) {}

  /**
   * What a token brought.
   *
   * @param logprobs of the tokens whose text begins in it
   * @param reason why the answer is complete; null while it is not
   */
  record TokenOutput(String text, List<TokenLogprobs> logprobs, @Nullable FinishReason reason) {
    /** Whether there is nothing to tell. */
    boolean isEmpty() {
      return text.isEmpty() && logprobs.isEmpty() && reason == null;
    }
  }

  /**
   * @param arrival of its sequence, once that is its own
   * @param sequence its own for the first answer, that one's for the others
   * @param logprobs null unless they are told
   * @param scored whether the log-probabilities of its tokens are wanted, told or not
   */
  Choice(
      int index,
      long arrival,
      Sequence sequence,
      Sampling sampling,
      StopConditions stop,
      AnswerText text,
      @Nullable AnswerLogprobs logprobs,
      boolean scored) {
    this.index = index;
    this.arrival = arrival;
    this.sequence = sequence;
    this.sampling = sampling;
    this.stop = stop;
    this.text = text;
    this.logprobs = logprobs;
    this.scored = scored;
    this.parted = index == 0;
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

  /** Whether its sequence is its own. */
  boolean hasParted() {
    return parted;
  }

  /** Why it is complete; null while it is not. */
  @Nullable FinishReason reason() {
    return reason;
  }

  int numTokens() {
    return sequence.numOutputTokens();
  }

  /** How likely its tokens were on average; the higher, the better. */
  double meanLogprob() {
    return logprobSum / Math.max(1, numTokens());
  }

  /** Gives this answer a sequence of its own, which goes on from where the shared one is now. */
  void part() {
    sequence = sequence.fork(sequence.id() + "#" + index, arrival);
    parted = true;
  }

  /** What the next token's choice depends on. */
  SamplingRow nextRow() {
    return new SamplingRow(
        sampling,
        sequence.numTokens(),
        counts,
        forbidden(),
        isLastToken() ? sampling.rules().forcedEosTokenIds() : List.of(),
        scored,
        logprobs == null ? 0 : logprobs.alternatives());
  }

  private Set<Integer> forbidden() {
    Set<Integer> early = numTokens() < stop.minTokens ? stop.stopTokens : Set.of();
    if (ngrams == null) {
      return early;
    }
    Set<Integer> forbidden = new HashSet<>(early);
    forbidden.addAll(ngrams.banned());
    return forbidden;
  }

  private boolean isLastToken() {
    return numTokens() == stop.maxTokens - 1;
  }

  /**
   * Takes a sampled token, and says what follows from it.
   *
   * @param scores of the token; null unless they are wanted
   */
  TokenOutput accept(int token, @Nullable TokenScores scores) {
    remember(token, scores);
    if (stop.stopTokens.contains(token)) {
      return end(FinishReason.STOP, text.finish());
    }
    if (logprobs != null) {
      logprobs.add(Objects.requireNonNull(scores), text);
    }
    String more = text.append(token);
    if (text.stopped()) {
      return end(FinishReason.STOP, more);
    }
    if (numTokens() >= stop.maxTokens) {
      return end(FinishReason.LENGTH, more + text.finish());
    }
    return new TokenOutput(more, logprobs == null ? List.of() : logprobs.shown(text), null);
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

  private TokenOutput end(FinishReason why, String more) {
    reason = why;
    if (logprobs == null) {
      return new TokenOutput(more, List.of(), why);
    }
    return new TokenOutput(more, text.stopped() ? logprobs.shown(text) : logprobs.rest(), why);
  }
}
