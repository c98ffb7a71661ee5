package io.millrace.api.openai;

import io.millrace.protocol.FinishReason;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The choices of {@code /v1/chat/completions}.
 *
 * @param role who answers
 * @param asked what is to come back
 */
record ChatChoices(String role, OutputParams asked) implements OpenAiFormat.Choices {
  @Override
  public String whole() {
    return "chat.completion";
  }

  @Override
  public String event() {
    return "chat.completion.chunk";
  }

  @Override
  public Record answer(Reply.Choice choice, Reply.Finished all) {
    return new Chunk.Answer(
        choice.index(),
        ChatMessage.of(role, choice.said()),
        ChatLogprobs.of(choice.logprobs()),
        choice.reason().label(),
        tokenIds(choice.tokenIds()));
  }

  @Override
  public List<Record> opening(@Nullable PromptReport prompt) {
    return IntStream.range(0, asked.n())
        .<Record>mapToObj(
            index ->
                new Chunk.Delta(index, ChatDelta.opening(role), null, null, tokenIds(List.of())))
        .toList();
  }

  @Override
  public List<Record> piece(Reply.Delta piece) {
    return List.of(
        new Chunk.Delta(
            piece.index(),
            ChatDelta.of(piece.said()),
            ChatLogprobs.of(piece.logprobs()),
            null,
            tokenIds(piece.tokenIds())));
  }

  @Override
  public Record end(int index, FinishReason reason) {
    return new Chunk.Delta(index, ChatDelta.NOTHING, null, reason.label(), tokenIds(List.of()));
  }

  @Override
  public @Nullable Object promptLogprobs(@Nullable PromptReport prompt) {
    return prompt == null || asked.promptLogprobs() == null
        ? null
        : Logprobs.ofPrompt(prompt.tokens(), asked.promptLogprobs());
  }

  @Override
  public @Nullable List<Integer> promptTokenIds(PromptReport prompt) {
    return tokenIds(prompt.tokenIds());
  }
}
