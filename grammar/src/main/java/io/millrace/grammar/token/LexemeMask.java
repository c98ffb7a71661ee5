package io.millrace.grammar.token;

import io.millrace.grammar.regex.Regex;
import java.util.Arrays;

/**
 * What tokens do to a lexeme, whatever comes after it: those that stay inside or end it are allowed
 * anyway, and those that go on behind it depend on the context.
 *
 * @param inside the tokens of the first kind, a bit each
 * @param ends the nodes of the token tree at which the lexeme can end and below which tokens go on
 */
public record LexemeMask(long[] inside, int[] ends) {
  /** Walks through all tokens. */
  static LexemeMask of(Regex lexeme, Vocabulary vocabulary) {
    TokenTrie trie = vocabulary.trie();
    long[] inside = new long[vocabulary.words()];
    int[] ends = new int[16];
    int numEnds = 0;
    Regex[] states = new Regex[trie.maxDepth() + 1];
    states[0] = lexeme;
    int node = 0;
    while (node < trie.size()) {
      int depth = trie.depth(node);
      Regex next = states[depth].next(trie.label(node));
      if (next.isNothing()) {
        node = trie.skip(node);
        continue;
      }
      trie.mark(node, inside);
      states[depth + 1] = next;
      if (next.nullable() && trie.skip(node) > node + 1) {
        ends = numEnds == ends.length ? Arrays.copyOf(ends, numEnds * 2) : ends;
        ends[numEnds++] = node;
      }
      node++;
    }
    return new LexemeMask(inside, Arrays.copyOf(ends, numEnds));
  }
}
