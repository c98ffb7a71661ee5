package io.millrace.template.tag;

import io.millrace.template.expression.Scope;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;

/** {@code break} and {@code continue} (jinja2.ext.loopcontrols). */
final class LoopControlTag extends Statement {
  private final Flow flow;

  private LoopControlTag(Flow flow, int line) {
    super(line);
    this.flow = flow;
  }

  static Statement parseBreak(TemplateParser parser, int line) {
    return parse(parser, Flow.BREAK, line);
  }

  static Statement parseContinue(TemplateParser parser, int line) {
    return parse(parser, Flow.CONTINUE, line);
  }

  private static Statement parse(TemplateParser parser, Flow flow, int line) {
    if (!parser.context().isBreakable()) {
      throw parser.stream()
          .fail(flow == Flow.BREAK ? "'break' outside loop" : "'continue' not properly in loop");
    }
    return new LoopControlTag(flow, line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    return flow;
  }
}
