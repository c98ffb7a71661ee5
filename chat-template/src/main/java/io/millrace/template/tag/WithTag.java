package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.expression.Target;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import java.util.ArrayList;
import java.util.List;

/** {@code with a = 1, b = 2}: variables for a block. */
final class WithTag extends Statement {
  private final List<Assignment> assignments;
  private final Block body;

  private WithTag(List<Assignment> assignments, Block body, int line) {
    super(line);
    this.assignments = List.copyOf(assignments);
    this.body = body;
  }

  static Statement parse(TemplateParser parser, int line) {
    List<Assignment> assignments = new ArrayList<>();
    while (!parser.stream().at(TokenKind.BLOCK_END)) {
      if (!assignments.isEmpty()) {
        parser.stream().expect(TokenKind.COMMA);
      }
      Target target = parser.target(null, false);
      parser.stream().expect(TokenKind.ASSIGN);
      assignments.add(new Assignment(target, parser.expression()));
    }
    Block body = parser.surroundings().scoped(() -> parser.body("endwith"));
    parser.stream().next();
    return new WithTag(assignments, body, line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    Scope inner = scope.inner();
    for (Assignment assignment : assignments) {
      assignment.target().assign(inner, assignment.value().evaluate(scope));
    }
    return body.run(inner, output);
  }

  private record Assignment(Target target, Expression value) {}
}
