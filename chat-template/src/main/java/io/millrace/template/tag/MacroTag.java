package io.millrace.template.tag;

import io.millrace.template.expression.Scope;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;

/** {@code macro name(parameters)}: a function that gives what its block writes. */
final class MacroTag extends Statement {
  private final MacroDefinition definition;

  private MacroTag(MacroDefinition definition, int line) {
    super(line);
    this.definition = definition;
  }

  static Statement parse(TemplateParser parser, int line) {
    String name = parser.stream().expect(TokenKind.NAME).text();
    parser.assigns(name);
    return new MacroTag(MacroDefinition.parse(parser, name), line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    scope.assign(definition.name(), new Macro(definition, scope));
    return Flow.NEXT;
  }
}
