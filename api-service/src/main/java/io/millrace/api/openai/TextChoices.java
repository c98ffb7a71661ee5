package io.millrace.api.openai;

import io.millrace.protocol.FinishReason;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.TokenLogprobs;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
            : Logprobs.ofPrompt(prompt.tokens(), asked.promptLogprobs()),
        prompt == null ? null : tokenIds(prompt.tokenIds()),
        tokenIds(choice.tokenIds()));
  }

  @Override
  public OutputParams asked() {
    return asked;
  }

  @Override
  public List<Record> opening(@Nullable PromptReport prompt) {
    if (prompt == null) {
      return List.of();
    }
    String text = prompt.text() == null ? "" : prompt.text();
    echoed.put(prompt.index(), text.codePointCount(0, text.length()));
    return IntStream.range(prompt.index() * asked.n(), (prompt.index() + 1) * asked.n())
        .<Record>mapToObj(index -> begun(index, text, prompt))
        .toList();
  }

  private Chunk.Text begun(int index, String text, PromptReport prompt) {
    return new Chunk.Text(
        index,
        text,
        logprobs(echoedPlaces(prompt), List.of(), 0),
        null,
        null,
        tokenIds(prompt.tokenIds()),
        tokenIds(List.of()));
  }

  @Override
  public List<Record> piece(Reply.Delta piece) {
    List<Integer> ids = tokenIds(piece.tokenIds());
    if (piece.text().isEmpty() && piece.logprobs().isEmpty() && (ids == null || ids.isEmpty())) {
      return List.of();
    }
    int shift = echoed.getOrDefault(promptOf(piece.index()), 0);
    Object logprobs = logprobs(List.of(), piece.logprobs(), shift);
    return List.of(new Chunk.Text(piece.index(), piece.text(), logprobs, null, null, null, ids));
  }

  @Override
  public Record end(int index, FinishReason reason) {
    return new Chunk.Text(index, "", null, reason.label(), null, null, tokenIds(List.of()));
  }

  @Override
  public @Nullable Object promptLogprobs(@Nullable PromptReport prompt) {
    return null;
  }

  @Override
  public @Nullable List<Integer> promptTokenIds(PromptReport prompt) {
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
