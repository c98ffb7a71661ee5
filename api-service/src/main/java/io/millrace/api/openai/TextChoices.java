package io.millrace.api.openai;

import io.millrace.protocol.FinishReason;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.TokenLogprobs;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The choices of {@code /v1/completions}. */
final class TextChoices implements OpenAiFormat.Choices {
  private final OutputParams asked;
  private final boolean promptOnly;

  /** How long each prompt before the answers of a stream is; written when it comes. */
  private final Map<Integer, Integer> echoed = new HashMap<>();

  /**
   * @param asked what is to come back
   * @param promptOnly whether no answer is wanted, only the prompt's echo
   */
  TextChoices(OutputParams asked, boolean promptOnly) {
    this.asked = asked;
    this.promptOnly = promptOnly;
  }

  @Override
  public String whole() {
    return "text_completion";
  }

  @Override
  public String event() {
    return "text_completion";
  }

  @Override
  public Record answer(Reply.Choice choice, Reply.Finished all) {
    PromptReport prompt = all.prompt(promptOf(choice.index()));
    String before = prompt == null || prompt.text() == null ? "" : prompt.text();
    return new Chunk.Text(
        choice.index(),
        promptOnly ? before : before + choice.text(),
        logprobs(
            echoedPlaces(prompt),
            promptOnly ? List.of() : choice.logprobs(),
            before.codePointCount(0, before.length())),
        promptOnly ? FinishReason.LENGTH.label() : choice.reason().label(),
        prompt == null || asked.promptLogprobs() == null
            ? null
            : Logprobs.ofPrompt(prompt.tokens(), asked.promptLogprobs()));
  }

  @Override
  public List<Record> opening() {
    return List.of();
  }

  @Override
  public List<Record> piece(Reply.Delta piece) {
    List<Record> events = new ArrayList<>();
    PromptReport prompt = piece.prompt();
    if (prompt != null && prompt.text() != null) {
      echoed.put(prompt.index(), prompt.text().codePointCount(0, prompt.text().length()));
      for (int i = 0; i < asked.n(); i++) {
        int index = prompt.index() * asked.n() + i;
        Object logprobs = logprobs(echoedPlaces(prompt), List.of(), 0);
        events.add(new Chunk.Text(index, prompt.text(), logprobs, null, null));
      }
    }
    boolean says = !piece.text().isEmpty() || !piece.logprobs().isEmpty();
    if (says && !promptOnly) {
      int shift = echoed.getOrDefault(promptOf(piece.index()), 0);
      Object logprobs = logprobs(List.of(), piece.logprobs(), shift);
      events.add(new Chunk.Text(piece.index(), piece.text(), logprobs, null, null));
    }
    return events;
  }

  @Override
  public Record end(int index, FinishReason reason) {
    String label = promptOnly ? FinishReason.LENGTH.label() : reason.label();
    return new Chunk.Text(index, "", null, label, null);
  }

  @Override
  public @Nullable Object promptLogprobs(@Nullable PromptReport prompt) {
    return null;
  }

  @Override
  public Usage usage(Usage usage) {
    return promptOnly ? new Usage(usage.promptTokens(), 0) : usage;
  }

  /** Which prompt an answer is to: each prompt has {@code n}. */
  private int promptOf(int index) {
    return index / asked.n();
  }

  private @Nullable Object logprobs(
      List<TokenLogprobs> prompt, List<TokenLogprobs> answer, int shift) {
    return asked.logprobs() == null
        ? null
        : TextLogprobs.of(prompt, answer, asked.logprobs(), shift);
  }

  private List<TokenLogprobs> echoedPlaces(@Nullable PromptReport prompt) {
    return prompt == null || !asked.echo() ? List.of() : prompt.tokens();
  }
}
