package io.millrace.template.tree;

import io.millrace.template.expression.Scope;
import java.util.List;

/** Statements one after the other. */
public record Block(List<Statement> statements) {
  public static final Block EMPTY = new Block(List.of());

  public Block {
    statements = List.copyOf(statements);
  }

  /** Runs them, up to one that breaks the flow. */
  public Flow run(Scope scope, Output output) {
    for (Statement statement : statements) {
      Flow flow = statement.execute(scope, output);
      if (flow != Flow.NEXT) {
        return flow;
      }
    }
    return Flow.NEXT;
  }
}
