package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.ExpressionParser;
import io.millrace.template.expression.Scope;
import io.millrace.template.expression.Target;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;

/** The form of {@code set} that takes a block, and filters for it. */
final class CaptureTag extends Statement {
  private final Target target;
  private final Expression filters;
  private final Body body;

  private CaptureTag(Target target, Expression filters, Body body, int line) {
    super(line);
    this.target = target;
    this.filters = filters;
    this.body = body;
  }

  static Statement parse(TemplateParser parser, Target target, int line) {
    Expression filters = parser.blockFilters(false);
    return new CaptureTag(target, filters, Body.parse(parser, "endset"), line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    Scope inner = body.enter(scope);
    Output captured = new Output(scope.budget());
    Flow flow = body.block().run(inner, captured);
    if (flow == Flow.NEXT) {
      Object value = ExpressionParser.applyFilters(filters, captured.toString(), inner);
      target.assign(scope, value);
    }
    return flow;
  }
}
