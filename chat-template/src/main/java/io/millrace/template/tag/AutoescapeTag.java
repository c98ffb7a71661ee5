package io.millrace.template.tag;

import io.millrace.template.TemplateException;
import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.Truth;

/** {@code autoescape}, which has to be false, since prompts are no HTML. */
final class AutoescapeTag extends Statement {
  private final Expression escapes;
  private final Body body;

  private AutoescapeTag(Expression escapes, Body body, int line) {
    super(line);
    this.escapes = escapes;
    this.body = body;
  }

  static Statement parse(TemplateParser parser, int line) {
    Expression escapes = parser.expression();
    Body body = parser.context().scoped(() -> Body.parse(parser, "endautoescape"));
    return new AutoescapeTag(escapes, body, line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    if (Truth.of(escapes.evaluate(scope))) {
      throw new TemplateException("autoescape is not supported: a prompt is no HTML");
    }
    return body.run(scope, output);
  }
}
