package io.millrace.worker.engine;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import io.millrace.worker.sampling.Sampling;
import io.millrace.worker.sampling.SamplingRow;
import io.millrace.worker.sampling.TokenCounts;
import io.millrace.worker.schedule.Sequence;
import io.millrace.worker.text.StopMatcher;
import io.millrace.worker.text.StreamDecoder;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request while it is answered: its sequence, and how tokens become text and replies. Belongs
 * to the engine's thread once it is submitted.
 */
final class Generation {
  private final Sequence sequence;
  private final int attempt;
  private final Sampling sampling;
  private final @Nullable TokenCounts counts;
  private final Ending ending;
  private final StreamDecoder decoder;
  private final StopMatcher stops;
  private final Consumer<Reply> replies;
  private boolean over;

  /**
   * When an answer is complete.
   *
   * @param maxTokens at most this many tokens
   * @param minTokens no stop token before this many
   */
  record Ending(int maxTokens, int minTokens, Set<Integer> stopTokens) {}

  Generation(
      Sequence sequence,
      int attempt,
      Sampling sampling,
      Ending ending,
      StreamDecoder decoder,
      StopMatcher stops,
      Consumer<Reply> replies) {
    this.sequence = sequence;
    this.attempt = attempt;
    this.sampling = sampling;
    this.ending = ending;
    this.decoder = decoder;
    this.stops = stops;
    this.replies = replies;
    this.counts = sampling.isPenalized() ? new TokenCounts(sequence.tokens()) : null;
  }

  String id() {
    return sequence.id();
  }

  Sequence sequence() {
    return sequence;
  }

  /** Whether the last reply is sent. */
  boolean isOver() {
    return over;
  }

  /** What the next token's choice depends on. */
  SamplingRow nextRow() {
    Set<Integer> forbidden =
        sequence.numOutputTokens() < ending.minTokens ? ending.stopTokens : Set.of();
    return new SamplingRow(sampling, sequence.numTokens(), counts, forbidden);
  }

  /** Takes a sampled token, and says what follows from it. */
  void accept(int token) {
    sequence.append(token);
    if (counts != null) {
      counts.add(token);
    }
    if (ending.stopTokens.contains(token)) {
      finish(FinishReason.STOP, stops.append(decoder.finish()) + stops.finish());
      return;
    }
    String text = stops.append(decoder.append(token));
    if (stops.matched()) {
      finish(FinishReason.STOP, text);
    } else if (sequence.numOutputTokens() >= ending.maxTokens) {
      finish(FinishReason.LENGTH, text + stops.append(decoder.finish()) + stops.finish());
    } else if (!text.isEmpty()) {
      replies.accept(new Reply.Delta(id(), attempt, sequence.numOutputTokens(), text));
    }
  }

  /** Ends the answer without its end. */
  void fail(FailureKind kind, String message) {
    over = true;
    replies.accept(
        new Reply.Failed(id(), attempt, sequence.numOutputTokens(), kind, message, null));
  }

  private void finish(FinishReason reason, String text) {
    over = true;
    Usage usage = new Usage(sequence.numPromptTokens(), sequence.numOutputTokens());
    replies.accept(
        new Reply.Finished(id(), attempt, sequence.numOutputTokens(), text, reason, usage));
  }
}
