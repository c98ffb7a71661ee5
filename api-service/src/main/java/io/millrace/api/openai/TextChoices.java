package io.millrace.api.openai;

import io.millrace.protocol.FinishReason;
import org.jspecify.annotations.Nullable;

/** The choices of {@code /v1/completions}. */
record TextChoices() implements OpenAiFormat.Choices {
  @Override
  public String whole() {
    return "text_completion";
  }

  @Override
  public String event() {
    return "text_completion";
  }

  @Override
  public Record answer(String text, FinishReason reason) {
    return piece(text, reason);
  }

  @Override
  public @Nullable Record opening() {
    return null;
  }

  @Override
  public Record piece(String text, @Nullable FinishReason reason) {
    return new Chunk.Text(0, text, null, Chunk.label(reason));
  }
}
