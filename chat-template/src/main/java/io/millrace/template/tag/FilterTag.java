package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.ExpressionParser;
import io.millrace.template.expression.Scope;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.Text;

/** {@code filter upper|trim}: its block goes through filters. */
final class FilterTag extends Statement {
  private final Expression filters;
  private final Block body;

  private FilterTag(Expression filters, Block body, int line) {
    super(line);
    this.filters = filters;
    this.body = body;
  }

  static Statement parse(TemplateParser parser, int line) {
    return parser
        .surroundings()
        .scoped(
            () -> {
              Expression filters = parser.blockFilters(true);
              Block body = parser.body("endfilter");
              parser.stream().next();
              return new FilterTag(filters, body, line);
            });
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    Scope inner = scope.inner();
    Output captured = new Output(scope.budget());
    Flow flow = body.run(inner, captured);
    if (flow == Flow.NEXT) {
      Object value = ExpressionParser.applyFilters(filters, captured.toString(), inner);
      output.append(Text.str(value, scope.budget()));
    }
    return flow;
  }
}
