package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.ExpressionParser;
import io.millrace.template.expression.Scope;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.Text;

/** {@code filter upper|trim}: its block goes through filters. */
final class FilterTag extends Statement {
  private final Expression filters;
  private final Body body;

  private FilterTag(Expression filters, Body body, int line) {
    super(line);
    this.filters = filters;
    this.body = body;
  }

  static Statement parse(TemplateParser parser, int line) {
    return parser.context().scoped(() -> parseWithin(parser, line));
  }

  private static Statement parseWithin(TemplateParser parser, int line) {
    Expression filters = parser.blockFilters(true);
    return new FilterTag(filters, Body.parse(parser, "endfilter"), line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    Scope inner = body.enter(scope);
    Output captured = new Output(scope.budget());
    Flow flow = body.block().run(inner, captured);
    if (flow == Flow.NEXT) {
      Object value = ExpressionParser.applyFilters(filters, captured.toString(), inner);
      output.append(Text.str(value, scope.budget()));
    }
    return flow;
  }
}
