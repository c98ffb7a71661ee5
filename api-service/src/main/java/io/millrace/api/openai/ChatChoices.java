package io.millrace.api.openai;

import io.millrace.protocol.FinishReason;
import org.jspecify.annotations.Nullable;

/**
 * The choices of {@code /v1/chat/completions}.
 *
 * @param role who answers
 */
record ChatChoices(String role) implements OpenAiFormat.Choices {
  @Override
  public String whole() {
    return "chat.completion";
  }

  @Override
  public String event() {
    return "chat.completion.chunk";
  }

  @Override
  public Record answer(String text, FinishReason reason) {
    return new Chunk.Answer(0, new Chunk.Message(role, text), null, reason.label());
  }

  @Override
  public Record opening() {
    return new Chunk.Delta(0, new Chunk.Message(role, ""), null, null);
  }

  @Override
  public Record piece(String text, @Nullable FinishReason reason) {
    String content = reason == null ? text : null;
    return new Chunk.Delta(0, new Chunk.Message(null, content), null, Chunk.label(reason));
  }
}
