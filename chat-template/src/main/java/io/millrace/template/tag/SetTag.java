package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.expression.Target;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;

/** {@code set target = value}; without a value, what follows up to {@code endset} is captured. */
final class SetTag extends Statement {
  private final Target target;
  private final Expression value;

  private SetTag(Target target, Expression value, int line) {
    super(line);
    this.target = target;
    this.value = value;
  }

  static Statement parse(TemplateParser parser, int line) {
    Target target = parser.target(null, true);
    if (parser.stream().skipIf(TokenKind.ASSIGN)) {
      Expression value = parser.tuple(true, null);
      target.names(parser::assigns);
      return new SetTag(target, value, line);
    }
    target.names(parser::assigns);
    return parser.context().scoped(() -> CaptureTag.parse(parser, target, line));
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    target.check(scope);
    target.assign(scope, value.evaluate(scope));
    return Flow.NEXT;
  }
}
