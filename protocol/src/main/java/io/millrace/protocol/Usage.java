package io.millrace.protocol;

/** What an answer cost, in tokens, as OpenAI counts them. */
public record Usage(int promptTokens, int completionTokens) {
  public int totalTokens() {
    return promptTokens + completionTokens;
  }
}
