package io.millrace.template.tag;

import io.millrace.template.expression.Scope;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Text;

/** {@code generation}: transformers' mark around what the assistant wrote, for training. */
final class GenerationTag extends Statement {
  private final MacroDefinition block;

  private GenerationTag(MacroDefinition block, int line) {
    super(line);
    this.block = block;
  }

  static Statement parse(TemplateParser parser, int line) {
    Frame frame = parser.context().inner();
    return new GenerationTag(MacroDefinition.parseGeneration(parser, frame), line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    Object written = new Macro(block, scope).call(scope.budget(), Arguments.NONE);
    output.append(Text.str(written, scope.budget()));
    return Flow.NEXT;
  }
}
