package io.millrace.grammar.pushdown;

import io.millrace.grammar.regex.Regex;
import org.jspecify.annotations.Nullable;

/**
 * A way from one place in a rule to the next: through a lexeme, or through another rule.
 *
 * @param lexeme what is read, or null
 * @param call where the other rule begins, or null
 * @param next where it goes on
 */
public record Edge(@Nullable Regex lexeme, @Nullable Node call, Node next) {
  /** Through a lexeme. */
  public static Edge read(Regex lexeme, Node next) {
    return new Edge(lexeme, null, next);
  }

  /** Through another rule. */
  public static Edge call(Node rule, Node next) {
    return new Edge(null, rule, next);
  }
}
