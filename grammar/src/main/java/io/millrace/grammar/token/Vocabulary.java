package io.millrace.grammar.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a model may say: the bytes of each token, and the tokens that end an answer. Immutable.
 *
 * <p>Tokens without bytes (special ones, unused rows of the head) are never allowed by a grammar;
 * those that end an answer are allowed exactly where the grammar can end.
 */
public final class Vocabulary {
  private final List<byte[]> bytes;
  private final int[] ends;
  private final TokenTrie trie;
  private final LexemeMasks lexemeMasks;

  /**
   * A vocabulary.
   *
   * @param bytes by token id: what the token adds to the text; empty for special tokens
   * @param ends the ids that end an answer; their bytes, if any, do not count
   * @throws IllegalArgumentException if an id of {@code ends} is not in the vocabulary
   */
  public Vocabulary(List<byte[]> bytes, Set<Integer> ends) {
    List<byte[]> own = new ArrayList<>(bytes);
    for (int end : ends) {
      if (end < 0 || end >= own.size()) {
        throw new IllegalArgumentException(
            "end token %d is not one of %d tokens".formatted(end, own.size()));
      }
      own.set(end, new byte[0]);
    }
    this.bytes = List.copyOf(own);
    this.ends = ends.stream().mapToInt(Integer::intValue).sorted().toArray();
    this.trie = new TokenTrie(this.bytes);
    this.lexemeMasks = new LexemeMasks(this);
  }

  /** How many token ids there are. */
  public int size() {
    return bytes.size();
  }

  /** How many words of 64 tokens a mask has. */
  public int words() {
    return (bytes.size() + 63) / 64;
  }

  /** What a token adds to the text; empty for special tokens. Not to be changed. */
  public byte[] bytes(int token) {
    return bytes.get(token);
  }

  /** Whether a token ends an answer. */
  public boolean isEnd(int token) {
    for (int end : ends) {
      if (end == token) {
        return true;
      }
    }
    return false;
  }

  /** Sets the bits of the tokens that end an answer. */
  public void markEnds(long[] mask) {
    for (int end : ends) {
      mask[end >> 6] |= 1L << end;
    }
  }

  /** The tokens as a tree. */
  public TokenTrie trie() {
    return trie;
  }

  /** What is known of lexemes with these tokens. */
  public LexemeMasks lexemeMasks() {
    return lexemeMasks;
  }
}
