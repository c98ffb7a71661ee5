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
    Nodes ends = new Nodes();
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
        ends.add(node);
      }
      node++;
    }
    return new LexemeMask(inside, ends.toArray());
  }

  /**
   * Walks through those tokens alone that may be otherwise than with a similar lexeme.
   *
   * @param known the mask of {@code similar}
   * @param sameDepth up to how many bytes the two surely do the same
   */
  static LexemeMask of(
      Regex lexeme, Regex similar, LexemeMask known, int sameDepth, Vocabulary vocabulary) {
    TokenTrie trie = vocabulary.trie();
    long[] inside = known.inside.clone();
    Nodes ends = new Nodes();
    int copied = 0;
    Regex[] states = new Regex[trie.maxDepth() + 1];
    Regex[] others = new Regex[trie.maxDepth() + 1];
    states[0] = lexeme;
    others[0] = similar;
    int node = 0;
    while (node < trie.size()) {
      int depth = trie.depth(node);
      int label = trie.label(node);
      Regex next = states[depth].next(label);
      Regex other = others[depth].next(label);
      if (next == other || trie.reach(node) <= sameDepth) {
        node = trie.skip(node);
        continue;
      }
      while (copied < known.ends.length && known.ends[copied] < node) {
        ends.add(known.ends[copied++]);
      }
      if (copied < known.ends.length && known.ends[copied] == node) {
        copied++;
      }
      if (next.isNothing()) {
        trie.unmark(node, inside);
      } else {
        trie.mark(node, inside);
        if (next.nullable() && trie.skip(node) > node + 1) {
          ends.add(node);
        }
      }
      states[depth + 1] = next;
      others[depth + 1] = other;
      node++;
    }
    while (copied < known.ends.length) {
      ends.add(known.ends[copied++]);
    }
    return new LexemeMask(inside, ends.toArray());
  }

  /** A growing list. */
  private static final class Nodes {
    private int[] nodes = new int[16];
    private int size;

    void add(int node) {
      nodes = size == nodes.length ? Arrays.copyOf(nodes, size * 2) : nodes;
      nodes[size++] = node;
    }

    int[] toArray() {
      return Arrays.copyOf(nodes, size);
    }
  }
}
