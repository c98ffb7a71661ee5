package io.millrace.grammar.regex;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lexeme that allows more and that most texts cannot be told from: without its exceptions, or
 * without its limits of length. What is known of it is nearly what is true of the other.
 *
 * @param lexeme the other lexeme
 * @param sameDepth up to how many bytes the two surely do the same
 */
public record Relaxation(Regex lexeme, int sameDepth) {
  /** A lexeme that is like this one, or null if none is at hand. */
  public static @Nullable Relaxation of(Regex lexeme) {
    RegexPool pool = lexeme.pool;
    switch (lexeme.kind) {
      case CONCAT:
        Relaxation head = of(lexeme.children[0]);
        return head == null
            ? null
            : new Relaxation(pool.concat(head.lexeme, lexeme.children[1]), head.sameDepth);
      case REPEAT:
        if (lexeme.low > 0) {
          return new Relaxation(pool.repeat(lexeme.children[0], 0, lexeme.high), 0);
        }
        return lexeme.high == Regex.UNBOUNDED
            ? null
            : new Relaxation(pool.star(lexeme.children[0]), lexeme.high);
      case AND:
        return withoutExceptions(lexeme);
      default:
        return null;
    }
  }

  private static @Nullable Relaxation withoutExceptions(Regex lexeme) {
    List<Regex> kept = new ArrayList<>();
    for (Regex child : lexeme.children) {
      if (child.kind != Kind.NOT) {
        kept.add(child);
      }
    }
    return kept.isEmpty() || kept.size() == lexeme.children.length
        ? null
        : new Relaxation(lexeme.pool.and(kept), 0);
  }
}
