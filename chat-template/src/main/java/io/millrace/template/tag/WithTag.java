package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.expression.Target;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import java.util.ArrayList;
import java.util.List;

/** {@code with a = 1, b = 2}: variables for a block. */
final class WithTag extends Statement {
  private final List<Assignment> assignments;
  private final Body body;

  private WithTag(List<Assignment> assignments, Body body, int line) {
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
    Body body = parser.context().scoped(() -> parseWithin(parser, assignments));
    return new WithTag(assignments, body, line);
  }

  private static Body parseWithin(TemplateParser parser, List<Assignment> assignments) {
    assignments.forEach(assignment -> assignment.target().names(parser::parameter));
    return Body.parse(parser, "endwith");
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    Scope inner = body.enter(scope);
    for (Assignment assignment : assignments) {
      assignment.target().assign(inner, assignment.value().evaluate(scope));
    }
    return body.block().run(inner, output);
  }

  private record Assignment(Target target, Expression value) {}
}
