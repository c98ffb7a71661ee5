package io.millrace.grammar.pushdown;

import io.millrace.grammar.regex.ByteSet;
import io.millrace.grammar.regex.Regex;
import org.jspecify.annotations.Nullable;

/**
 * All that may be after the bytes read so far: lexemes that have begun, each with the place behind
 * it and the stacks below. Immutable.
 */
public final class State {
  final Regex[] lexemes;
  final Node[] nexts;
  final Stack[] stacks;
  private final boolean end;
  private @Nullable ByteSet first;
  private int shortest = -1;

  State(Regex[] lexemes, Node[] nexts, Stack[] stacks, boolean end) {
    this.lexemes = lexemes;
    this.nexts = nexts;
    this.stacks = stacks;
    this.end = end;
  }

  /** Before the first byte of a text that the rule describes. */
  public static State before(Node rule) {
    Closure closure = new Closure(4);
    closure.enter(rule, Stack.BOTTOM);
    return closure.state();
  }

  /** How many lexemes may be under way. */
  public int size() {
    return lexemes.length;
  }

  /** A lexeme that may be under way: what of it may follow. */
  public Regex lexeme(int i) {
    return lexemes[i];
  }

  /** Whether the text may end here. */
  public boolean canEnd() {
    return end;
  }

  /** Whether nothing may be here, not even the end. */
  public boolean isDead() {
    return lexemes.length == 0 && !end;
  }

  /** More bytes than any text has: what {@link #shortest} is where none is known. */
  public static final int UNKNOWN = ShortestCompletion.UNKNOWN;

  /** Bytes of the shortest text after which the text may end. */
  public int shortest() {
    if (shortest < 0) {
      shortest = new ShortestCompletion().of(this);
    }
    return shortest;
  }

  /** The bytes that may come next, and perhaps some more. */
  public ByteSet first() {
    ByteSet known = first;
    if (known == null) {
      known = ByteSet.NONE;
      for (Regex lexeme : lexemes) {
        known = known.or(lexeme.first());
      }
      first = known;
    }
    return known;
  }

  /** The only byte that may come, or -1 if there are several, none, or the text may end. */
  public int onlyByte() {
    ByteSet bytes = first();
    int only = -1;
    for (int b = bytes.next(0); b >= 0 && !end; b = bytes.next(b + 1)) {
      if (!next(b).isDead()) {
        if (only >= 0) {
          return -1;
        }
        only = b;
      }
    }
    return only;
  }

  /** After one more byte, 0 to 255; dead if it may not be. */
  public State next(int b) {
    if (lexemes.length == 1) {
      Regex next = lexemes[0].next(b);
      if (next == lexemes[0] && !end && !next.nullable()) {
        return this;
      }
    }
    Closure closure = new Closure(lexemes.length);
    for (int i = 0; i < lexemes.length; i++) {
      Regex next = lexemes[i].next(b);
      if (!next.isNothing()) {
        closure.advance(next, nexts[i], stacks[i]);
      }
    }
    return closure.state();
  }

  /** What may be if the lexeme {@code i} ends here. */
  public State behind(int i) {
    Closure closure = new Closure(4);
    closure.enter(nexts[i], stacks[i]);
    return closure.state();
  }

  /** Without all lexemes but those for which the flag is set. */
  public State only(boolean[] kept, int count) {
    Regex[] keptLexemes = new Regex[count];
    Node[] keptNexts = new Node[count];
    Stack[] keptStacks = new Stack[count];
    int at = 0;
    for (int i = 0; i < lexemes.length; i++) {
      if (kept[i]) {
        keptLexemes[at] = lexemes[i];
        keptNexts[at] = nexts[i];
        keptStacks[at++] = stacks[i];
      }
    }
    return new State(keptLexemes, keptNexts, keptStacks, false);
  }
}
