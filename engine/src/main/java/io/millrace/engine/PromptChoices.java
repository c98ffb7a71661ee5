package io.millrace.engine;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.protocol.PromptReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answers to one of a request's prompts, which share its sequence until it is computed. */
final class PromptChoices {
  private final List<Choice> choices;
  private @Nullable PromptLogprobs collected;

  /**
   * @param choices at least one, by index
   * @param collected what is told of the prompt, if anything is
   */
  PromptChoices(List<Choice> choices, @Nullable PromptLogprobs collected) {
    this.choices = choices;
    this.collected = collected;
  }

  List<Choice> choices() {
    return choices;
  }

  /** The one whose sequence the others share. */
  Choice first() {
    return choices.get(0);
  }

  /** Takes the scores of consecutive tokens of the prompt. */
  void acceptPrompt(int from, List<TokenScores> scores) {
    if (collected != null) {
      collected.take(from, scores);
    }
  }

  /** What is told of the prompt, the first time. */
  @Nullable PromptReport takeReport() {
    PromptReport report = collected == null ? null : collected.report();
    collected = null;
    return report;
  }
}
