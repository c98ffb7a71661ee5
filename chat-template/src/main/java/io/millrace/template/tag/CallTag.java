package io.millrace.template.tag;

import io.millrace.template.expression.Call;
import io.millrace.template.expression.Scope;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.Text;

/** {@code call(parameters) macro(arguments)}: the macro gets the block as {@code caller}. */
final class CallTag extends Statement {
  private final Call call;
  private final MacroDefinition block;

  private CallTag(Call call, MacroDefinition block, int line) {
    super(line);
    this.call = call;
    this.block = block;
  }

  static Statement parse(TemplateParser parser, int line) {
    Frame frame = parser.context().inner();
    boolean parameters = parser.stream().at(TokenKind.LPAREN);
    MacroDefinition.Head head =
        parameters ? MacroDefinition.Head.parse(parser, frame) : MacroDefinition.Head.NONE;
    Call call = parser.call();
    return new CallTag(call, MacroDefinition.parseCallBlock(parser, frame, head), line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    Object result = call.evaluateWith(scope, "caller", new Macro(block, scope));
    output.append(Text.str(result, scope.budget()));
    return Flow.NEXT;
  }
}
