package io.millrace.engine;

import io.millrace.engine.AnswerTokens.Told;
import io.millrace.engine.Choice.TokenOutput;
import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One request while it is answered: the answers to its prompts, and the replies that tell them.
 * Belongs to the engine's thread once it is submitted.
 */
final class Generation {
  private final String id;
  private final int attempt;
  private final OutputParams output;
  private final List<PromptChoices> prompts;
  private final AnswerListener replies;
  private final DeltaAggregator deltas = new DeltaAggregator();
  private int numOpen;
  private boolean over;

  /**
   * @param prompts at least one; the answers of each follow, by index, on those of the one before
   */
  Generation(
      String id,
      int attempt,
      OutputParams output,
      List<PromptChoices> prompts,
      AnswerListener replies) {
    this.id = id;
    this.attempt = attempt;
    this.output = output;
    this.prompts = prompts;
    this.numOpen = (int) choices().stream().filter(choice -> choice.reason() == null).count();
    this.replies = replies;
  }

  String id() {
    return id;
  }

  List<PromptChoices> prompts() {
    return prompts;
  }

  /** The answers to all prompts, by index. */
  List<Choice> choices() {
    return prompts.stream().flatMap(prompt -> prompt.choices().stream()).toList();
  }

  /** Whether the last reply is sent. */
  boolean isOver() {
    return over;
  }

  /** Takes a sampled token of one answer to a prompt, and says what follows from it. */
  void accept(PromptChoices prompt, Choice choice, int token, @Nullable TokenScores scores) {
    TokenOutput added = choice.accept(token, scores);
    if (added.reason() != null && --numOpen == 0) {
      finish(choice, added);
    } else if (output.chooses()) {
      deltas.add(delta(choice, added, null));
    } else if (!added.isEmpty() && choice.numTokens() > 0) {
      replies.accept(delta(choice, added, prompt.takeReport()));
    }
  }

  /** Tells how long it took. */
  void timed(RequestTimes times) {
    replies.timed(times);
  }

  /** Whether an earlier attempt has told all but the end. */
  boolean isComplete() {
    return numOpen == 0;
  }

  /** Tells the end where nothing is left to sample. */
  void finish() {
    finish(null, null);
  }

  /** Ends the request with a failure in place of its answers. */
  void fail(FailureKind kind, String message) {
    over = true;
    replies.accept(new Reply.Failed(id, attempt, seq(), kind, message, null));
  }

  private Reply.Delta delta(Choice choice, TokenOutput added, @Nullable PromptReport told) {
    return new Reply.Delta(
        id,
        attempt,
        added.tokens().end(),
        added.tokens().begin(),
        choice.index(),
        added.tokens().said(),
        added.reason(),
        added.tokens().ids(),
        added.tokens().logprobs(),
        told);
  }

  private void finish(@Nullable Choice last, @Nullable TokenOutput added) {
    over = true;
    List<Reply.Choice> ends = new ArrayList<>();
    for (Choice choice : choices()) {
      ends.add(choice == last && added != null ? end(choice, added.tokens()) : toldBefore(choice));
    }
    List<PromptReport> told =
        prompts.stream().map(PromptChoices::takeReport).flatMap(Stream::ofNullable).toList();
    Reply.Finished end = new Reply.Finished(id, attempt, seq(), ends, usage(), told);
    replies.accept(output.chooses() ? best(deltas.complete(end)) : end);
  }

  private static Reply.Choice toldBefore(Choice choice) {
    return end(choice, Told.nothing(choice.numTokens()));
  }

  private static Reply.Choice end(Choice choice, Told tokens) {
    return new Reply.Choice(
        choice.index(),
        tokens.begin(),
        tokens.said(),
        Objects.requireNonNull(choice.reason()),
        tokens.ids(),
        tokens.logprobs());
  }

  /** The best of the answers to each prompt, the best one first. */
  private Reply.Finished best(Reply.Finished all) {
    List<Reply.Choice> best = new ArrayList<>();
    for (PromptChoices prompt : prompts) {
      prompt.choices().stream()
          .sorted(Comparator.comparingDouble(choice -> -choice.meanLogprob()))
          .limit(output.n())
          .map(choice -> all.choices().get(choice.index()))
          .forEach(
              chosen ->
                  best.add(
                      new Reply.Choice(
                          best.size(),
                          chosen.begin(),
                          chosen.said(),
                          chosen.reason(),
                          chosen.tokenIds(),
                          chosen.logprobs())));
    }
    return new Reply.Finished(id, attempt, all.seq(), best, all.usage(), all.prompts());
  }

  private int seq() {
    return choices().stream().mapToInt(Choice::numTokens).max().orElse(0);
  }

  private Usage usage() {
    return new Usage(
        prompts.stream().mapToInt(prompt -> prompt.first().sequence().numPromptTokens()).sum(),
        choices().stream().mapToInt(Choice::numTokens).sum());
  }
}
