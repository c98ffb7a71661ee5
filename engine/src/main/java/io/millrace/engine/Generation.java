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
import org.jspecify.annotations.Nullable;

/**
 * One request while it is answered: its answers, and the replies that carry them. Belongs to the
 * engine's thread once it is submitted.
 */
final class Generation {
  private final String id;
  private final int attempt;
  private final OutputParams output;
  private final List<Choice> choices;
  private final Consumer<Reply> replies;
  private final DeltaAggregator deltas = new DeltaAggregator();
  private @Nullable PromptLogprobs prompt;
  private int numOpen;
  private boolean over;

  /**
   * @param choices at least one, by index
   * @param prompt collects what is reported of the prompt; null for nothing
   */
  Generation(
      String id,
      int attempt,
      OutputParams output,
      List<Choice> choices,
      @Nullable PromptLogprobs prompt,
      Consumer<Reply> replies) {
    this.id = id;
    this.attempt = attempt;
    this.output = output;
    this.choices = choices;
    this.numOpen = choices.size();
    this.prompt = prompt;
    this.replies = replies;
  }

  String id() {
    return id;
  }

  List<Choice> choices() {
    return choices;
  }

  /** Whether the last reply is sent. */
  boolean isOver() {
    return over;
  }

  /** Takes the scores of consecutive tokens of the prompt. */
  void acceptPrompt(int from, List<TokenScores> scores) {
    if (prompt != null) {
      prompt.take(from, scores);
    }
  }

  /** Appends a sampled token to one answer, and sends the reply that follows from it. */
  void accept(Choice choice, int token, @Nullable TokenScores scores) {
    TokenOutput added = choice.accept(token, scores);
    if (added.reason() != null && --numOpen == 0) {
      finish(choice, added);
    } else if (output.chooses()) {
      deltas.add(delta(choice, added, null));
    } else if (!added.isEmpty()) {
      replies.accept(delta(choice, added, takePrompt()));
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
    for (Choice choice : choices) {
      String rest = choice == last ? added.text() : "";
      List<TokenLogprobs> logprobs = choice == last ? added.logprobs() : List.of();
      ends.add(
          new Reply.Choice(
              choice.index(), rest, Objects.requireNonNull(choice.reason()), logprobs));
    }
    Reply.Finished end = new Reply.Finished(id, attempt, seq(), ends, usage(), takePrompt());
    replies.accept(output.chooses() ? best(deltas.complete(end)) : end);
  }

  /** The end of the best answers only, the likeliest first. */
  private Reply.Finished best(Reply.Finished all) {
    List<Choice> order = new ArrayList<>(choices);
    order.sort(Comparator.comparingDouble(choice -> -choice.meanLogprob()));
    List<Reply.Choice> best = new ArrayList<>();
    for (int i = 0; i < output.n(); i++) {
      Reply.Choice chosen = all.choices().get(order.get(i).index());
      best.add(new Reply.Choice(i, chosen.text(), chosen.reason(), chosen.logprobs()));
    }
    return new Reply.Finished(id, attempt, all.seq(), best, all.usage(), all.prompt());
  }

  /** The report on the prompt at the first call; null afterwards. */
  private @Nullable PromptReport takePrompt() {
    PromptReport report = prompt == null ? null : prompt.report();
    prompt = null;
    return report;
  }

  private int seq() {
    return choices.stream().mapToInt(Choice::numTokens).max().orElse(0);
  }

  private Usage usage() {
    return new Usage(
        choices.get(0).sequence().numPromptTokens(),
        choices.stream().mapToInt(Choice::numTokens).sum());
  }
}
