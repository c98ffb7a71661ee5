package io.millrace.engine;

import io.millrace.engine.Choice.TokenOutput;
import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.TokenLogprobs;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
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
  private final Consumer<Reply> replies;
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
      Consumer<Reply> replies) {
    this.id = id;
    this.attempt = attempt;
    this.output = output;
    this.prompts = prompts;
    this.numOpen = choices().size();
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
    } else if (!added.isEmpty()) {
      replies.accept(delta(choice, added, prompt.takeReport()));
    }
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
        choice.numTokens(),
        choice.index(),
        added.text(),
        added.reason(),
        added.logprobs(),
        told);
  }

  private void finish(Choice last, TokenOutput added) {
    over = true;
    List<Reply.Choice> ends = new ArrayList<>();
    for (Choice choice : choices()) {
      String rest = choice == last ? added.text() : "";
      List<TokenLogprobs> logprobs = choice == last ? added.logprobs() : List.of();
      ends.add(
          new Reply.Choice(
              choice.index(), rest, Objects.requireNonNull(choice.reason()), logprobs));
    }
    List<PromptReport> told =
        prompts.stream().map(PromptChoices::takeReport).flatMap(Stream::ofNullable).toList();
    Reply.Finished end = new Reply.Finished(id, attempt, seq(), ends, usage(), told);
    replies.accept(output.chooses() ? best(deltas.complete(end)) : end);
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
                          best.size(), chosen.text(), chosen.reason(), chosen.logprobs())));
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
