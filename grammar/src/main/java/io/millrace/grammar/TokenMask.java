package io.millrace.grammar;

import io.millrace.grammar.pushdown.State;
import io.millrace.grammar.token.LexemeMask;
import io.millrace.grammar.token.TokenTrie;
import io.millrace.grammar.token.Vocabulary;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that may come in a state. Lexemes that nearly any byte may go on have their masks in a
 * cache, and only what goes on behind them is looked at; all others are walked through the tree of
 * tokens, which ends soon.
 */
final class TokenMask {
  /** From how many next bytes on a lexeme is looked up and not walked. */
  private static final int WIDE = 32;

  /** No limit to what completes the answer. */
  private static final int UNLIMITED = Integer.MAX_VALUE;

  /** Bytes that the rest of an escape or a character adds to what completes an answer, or more. */
  private static final int MOST_INSIDE = 16;

  private final Vocabulary vocabulary;
  private final TokenTrie trie;
  private final long[] mask;
  private final int most;
  private final State[] states;

  private TokenMask(Vocabulary vocabulary, long[] mask, int most) {
    this.vocabulary = vocabulary;
    this.trie = vocabulary.trie();
    this.mask = mask;
    this.most = most;
    this.states = new State[trie.maxDepth() + 1];
  }

  /** Sets the bits of all tokens that may come; the others must be clear. */
  static void fill(State state, Vocabulary vocabulary, long[] mask) {
    fill(state, vocabulary, mask, UNLIMITED);
  }

  /**
   * Sets the bits of the tokens that may come and behind which the answer can be completed.
   *
   * @param most bytes that completing it may take
   */
  static void fill(State state, Vocabulary vocabulary, long[] mask, int most) {
    TokenMask filled = new TokenMask(vocabulary, mask, most);
    boolean near = most != UNLIMITED && state.shortest() + MOST_INSIDE > most;
    boolean[] narrow = new boolean[state.size()];
    int numNarrow = 0;
    for (int i = 0; i < state.size(); i++) {
      if (!near && state.lexeme(i).first().size() >= WIDE) {
        filled.lookUp(state, i);
      } else {
        narrow[i] = true;
        numNarrow++;
      }
    }
    if (numNarrow > 0) {
      State start = numNarrow == state.size() ? state : state.only(narrow, numNarrow);
      filled.walk(start, 0, filled.trie.size());
    }
    if (state.canEnd()) {
      vocabulary.markEnds(mask);
    }
  }

  private void lookUp(State state, int i) {
    LexemeMask lexeme = vocabulary.lexemeMasks().of(state.lexeme(i));
    long[] inside = lexeme.inside();
    for (int word = 0; word < mask.length; word++) {
      mask[word] |= inside[word];
    }
    if (lexeme.ends().length > 0) {
      State behind = state.behind(i);
      if (behind.size() == 0) {
        return;
      }
      for (int end : lexeme.ends()) {
        walk(behind, end + 1, trie.skip(end));
      }
    }
  }

  private void walk(State start, int from, int to) {
    if (from == to) {
      return;
    }
    int base = trie.depth(from);
    states[0] = start;
    int node = from;
    while (node < to) {
      int depth = trie.depth(node) - base;
      State next = step(states[depth], trie.label(node));
      if (next == null) {
        node = trie.skip(node);
      } else {
        if (trie.hasToken(node) && (most == UNLIMITED || next.shortest() <= most)) {
          trie.mark(node, mask);
        }
        states[depth + 1] = next;
        node++;
      }
    }
  }

  private static @Nullable State step(State state, int b) {
    if (!state.first().contains(b)) {
      return null;
    }
    State next = state.next(b);
    return next.isDead() ? null : next;
  }
}
