package io.millrace.grammar.pushdown;

import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.regex.Regex;
import java.util.Arrays;

/** Gathers the lexemes of a {@link State}: follows calls and returns until a byte is needed. */
final class Closure {
  private static final int MOST_LEXEMES = 4096;
  private static final int MOST_CALLS = 100_000;

  private Regex[] lexemes;
  private Node[] nexts;
  private Stack[] stacks;
  private int size;
  private boolean end;
  private Node[] enteredNodes = new Node[4];
  private Stack[] enteredStacks = new Stack[4];
  private int entered;

  Closure(int capacity) {
    int least = Math.max(2, capacity);
    lexemes = new Regex[least];
    nexts = new Node[least];
    stacks = new Stack[least];
  }

  State state() {
    return new State(
        Arrays.copyOf(lexemes, size), Arrays.copyOf(nexts, size), Arrays.copyOf(stacks, size), end);
  }

  /** A lexeme is so far, and may be at its end. */
  void advance(Regex lexeme, Node next, Stack stack) {
    if (!lexeme.isEpsilon()) {
      add(lexeme, next, stack);
    }
    if (lexeme.nullable()) {
      enter(next, stack);
    }
  }

  /** All that may come at a place in a rule. */
  void enter(Node node, Stack stack) {
    if (wasEntered(node, stack)) {
      return;
    }
    for (Edge edge : node.edges()) {
      if (edge.lexeme() != null) {
        advance(edge.lexeme(), edge.next(), stack);
      } else if (edge.call() != null) {
        enter(edge.call(), Stack.push(edge.next(), stack));
      }
    }
    if (node.isEnd()) {
      leave(stack);
    }
  }

  private void leave(Stack stack) {
    end |= stack.bottom;
    for (int i = 0; i < stack.nodes.length; i++) {
      enter(stack.nodes[i], stack.rests[i]);
    }
  }

  private boolean wasEntered(Node node, Stack stack) {
    for (int i = 0; i < entered; i++) {
      if (enteredNodes[i] == node && enteredStacks[i].equals(stack)) {
        return true;
      }
    }
    if (entered == enteredNodes.length) {
      limit(entered, MOST_CALLS, "calls of rules");
      enteredNodes = Arrays.copyOf(enteredNodes, entered * 2);
      enteredStacks = Arrays.copyOf(enteredStacks, entered * 2);
    }
    enteredNodes[entered] = node;
    enteredStacks[entered++] = stack;
    return false;
  }

  private void add(Regex lexeme, Node next, Stack stack) {
    for (int i = 0; i < size; i++) {
      if (lexemes[i] == lexeme && nexts[i] == next) {
        stacks[i] = stacks[i].union(stack);
        return;
      }
    }
    if (size == lexemes.length) {
      limit(size, MOST_LEXEMES, "lexemes");
      lexemes = Arrays.copyOf(lexemes, size * 2);
      nexts = Arrays.copyOf(nexts, size * 2);
      stacks = Arrays.copyOf(stacks, size * 2);
    }
    lexemes[size] = lexeme;
    nexts[size] = next;
    stacks[size++] = stack;
  }

  private static void limit(int size, int limit, String unit) {
    if (size > limit) {
      throw new GrammarLimitException("an ambiguous grammar", limit, unit + " at one place");
    }
  }
}
