package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.ExpressionParser;
import io.millrace.template.expression.Scope;
import io.millrace.template.expression.Target;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;

/** The form of {@code set} that takes a block, and filters for it. */
final class CaptureTag extends Statement {
  private final Target target;
  private final Expression filters;
  private final Block body;

  private CaptureTag(Target target, Expression filters, Block body, int line) {
    super(line);
    this.target = target;
    this.filters = filters;
    this.body = body;
  }

  static Statement parse(TemplateParser parser, Target target, int line) {
    Expression filters = parser.blockFilters(false);
    Block body = parser.body("endset");
    parser.stream().next();
    return new CaptureTag(target, filters, body, line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    Scope inner = scope.inner();
    Output captured = new Output(scope.budget());
    Flow flow = body.run(inner, captured);
    if (flow == Flow.NEXT) {
      Object value = ExpressionParser.applyFilters(filters, captured.toString(), inner);
      target.assign(scope, value);
    }
    return flow;
  }
}
