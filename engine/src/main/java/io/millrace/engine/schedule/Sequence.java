package io.millrace.engine.schedule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one request, prompt and answer alike, and how many of them the model has computed.
 * There is no prefill state and no decode state: a sequence whose computed tokens lag its known
 * tokens by more than one is simply further behind.
 */
public final class Sequence {
  private final String id;
  private final long priority;
  private final long arrival;
  private final int numPromptTokens;
  private final IntList tokens;
  private final IntList blocks = new IntList();
  private int numComputedTokens;
  private boolean readsPrefixCache = true;
  private boolean admitted;
  private @Nullable BlockCopy copy;
  private boolean wantsPromptLogprobs;

  /**
   * @param priority lower goes first
   * @param arrival orders sequences of equal priority; unique
   * @param prompt at least one token
   */
  public Sequence(String id, long priority, long arrival, int[] prompt) {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("sequence " + id + " has no tokens");
    }
    this.id = id;
    this.priority = priority;
    this.arrival = arrival;
    this.numPromptTokens = prompt.length;
    this.tokens = new IntList(prompt);
  }

  private Sequence(Sequence parent, String id, long arrival) {
    this.id = id;
    this.priority = parent.priority;
    this.arrival = arrival;
    this.numPromptTokens = parent.numPromptTokens;
    this.tokens = new IntList(parent.tokens());
    this.numComputedTokens = parent.numComputedTokens;
    this.readsPrefixCache = parent.readsPrefixCache;
  }

  /**
   * A fork: another sequence that goes on from here, for {@link Scheduler#fork}: same tokens, same
   * prompt, same number of computed tokens.
   *
   * @param arrival unique
   */
  public Sequence fork(String id, long arrival) {
    return new Sequence(this, id, arrival);
  }

  /**
   * Has every token computed, none taken from the prefix cache, as is needed for the logits of
   * each.
   */
  public Sequence withoutPrefixCache() {
    readsPrefixCache = false;
    return this;
  }

  public String id() {
    return id;
  }

  public long priority() {
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
    withoutPrefixCache();
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

  /** All tokens, prompt first. */
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

  int[] tokens(int from, int to) {
    return tokens.range(from, to);
  }

  boolean readsPrefixCache() {
    return readsPrefixCache;
  }

  /** The copy that must be made before this sequence's next step; null for none. */
  @Nullable BlockCopy copy() {
    return copy;
  }

  void copyFirst(@Nullable BlockCopy next) {
    copy = next;
  }

  /** Tokens that are known and not computed. */
  int behind() {
    return tokens.size() - numComputedTokens;
  }

  /** Whether all that is missing is what follows from the last sampled token. */
  boolean isDecoding() {
    return behind() == 1 && numOutputTokens() > 0;
  }

  /** Whether the sequence was ever let into the running line. */
  boolean wasAdmitted() {
    return admitted;
  }

  void markAdmitted() {
    admitted = true;
  }

  /** Notes that the sequence begins with so many tokens that need not be computed. */
  void admit(int numTokens) {
    admitted = true;
    numComputedTokens = numTokens;
  }

  /** Notes that the model has computed {@code count} more tokens. */
  void advance(int count) {
    numComputedTokens += count;
    if (numComputedTokens > tokens.size()) {
      throw new IllegalStateException(
          "sequence %s computed %d of %d tokens".formatted(id, numComputedTokens, tokens.size()));
    }
  }

  /** Has the last token computed again, if there is no other to get the next one from. */
  void ensureBehind() {
    numComputedTokens = Math.min(numComputedTokens, tokens.size() - 1);
  }

  /** Forgets all tokens but the first ones, and what was computed of the others. */
  void truncate(int numTokens) {
    while (tokens.size() > numTokens) {
      tokens.removeLast();
    }
    numComputedTokens = Math.min(numComputedTokens, numTokens);
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
