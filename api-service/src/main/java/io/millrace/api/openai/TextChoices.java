package io.millrace.api.openai;

import io.millrace.protocol.FinishReason;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The choices of {@code /v1/completions}. */
final class TextChoices implements OpenAiFormat.Choices {
  private final OutputParams asked;

  /** How long each prompt before the answers of a stream is; written when it comes. */
  private final Map<Integer, Integer> echoed = new HashMap<>();

  /**
   * @param asked what is to come back
   */
  TextChoices(OutputParams asked) {
    this.asked = asked;
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
        before + choice.text(),
        logprobs(
            echoedPlaces(prompt), choice.logprobs(), before.codePointCount(0, before.length())),
        choice.reason().label(),
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
    if (!piece.text().isEmpty() || !piece.logprobs().isEmpty()) {
      int shift = echoed.getOrDefault(promptOf(piece.index()), 0);
      Object logprobs = logprobs(List.of(), piece.logprobs(), shift);
      events.add(new Chunk.Text(piece.index(), piece.text(), logprobs, null, null));
    }
    return events;
  }

  @Override
  public Record end(int index, FinishReason reason) {
    return new Chunk.Text(index, "", null, reason.label(), null);
  }

  @Override
  public @Nullable Object promptLogprobs(@Nullable PromptReport prompt) {
    return null;
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
