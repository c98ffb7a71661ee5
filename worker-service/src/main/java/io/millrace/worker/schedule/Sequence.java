package io.millrace.worker.schedule;

import java.util.Arrays;

/**
 * The tokens of one request, prompt and answer alike, and how many of them the model has computed.
 * There is no prefill state and no decode state: a sequence whose computed tokens lag its known
 * tokens by more than one is simply further behind.
 */
public final class Sequence {
  private final String id;
  private final int priority;
  private final long arrival;
  private final int numPromptTokens;
  private final IntList tokens;
  private final IntList blocks = new IntList();
  private int numComputedTokens;
  private boolean wantsPromptLogprobs;

  /**
   * @param priority lower goes first
   * @param arrival orders sequences of equal priority; unique
   * @param prompt at least one token
   */
  public Sequence(String id, int priority, long arrival, int[] prompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("sequence " + id + " has no tokens");
    }
    this.id = id;
    this.priority = priority;
    this.arrival = arrival;
    this.numPromptTokens = prompt.length;
    this.tokens = new IntList(prompt);
  }

  public String id() {
    return id;
  }

  public int priority() {
    return priority;
  }

  public long arrival() {
    return arrival;
  }

  /** Whether the logits of all tokens of the prompt are wanted, not only of the last. */
  public boolean wantsPromptLogprobs() {
    return wantsPromptLogprobs;
  }

  /** Asks for the logits of all tokens of the prompt; before the sequence is scheduled. */
  public void wantPromptLogprobs() {
    wantsPromptLogprobs = true;
  }

  public int numTokens() {
    return tokens.size();
  }

  public int numPromptTokens() {
    return numPromptTokens;
  }

  public int numOutputTokens() {
    return tokens.size() - numPromptTokens;
  }

  public int numComputedTokens() {
    return numComputedTokens;
  }

  public int token(int position) {
    return tokens.get(position);
  }

  /** All of them, prompt first. */
  public int[] tokens() {
    return tokens.toArray();
  }

  /** The answer so far. */
  public int[] outputTokens() {
    return Arrays.copyOfRange(tokens.toArray(), numPromptTokens, tokens.size());
  }

  /** The block that holds token {@code position}. */
  public int blockOf(int position, int blockSize) {
    return blocks.get(position / blockSize);
  }

  /** How many blocks the sequence holds. */
  public int numBlocks() {
    return blocks.size();
  }

  /** The block at a place of the block table. */
  public int block(int index) {
    return blocks.get(index);
  }

  /** Adds a sampled token. */
  public void append(int token) {
    tokens.add(token);
  }

  IntList blocks() {
    return blocks;
  }

  /** Notes that the model has computed {@code count} more tokens. */
  void advance(int count) {
    numComputedTokens += count;
    if (numComputedTokens > tokens.size()) {
      throw new IllegalStateException(
          "sequence %s computed %d of %d tokens".formatted(id, numComputedTokens, tokens.size()));
    }
  }

  /** Forgets what was computed; the tokens stay and are computed again. */
  void restart() {
    numComputedTokens = 0;
  }

  @Override
  public String toString() {
    return "%s[%d of %d tokens, %d blocks]"
        .formatted(id, numComputedTokens, tokens.size(), blocks.size());
  }
}
