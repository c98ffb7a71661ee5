package io.millrace.template.tag;

import io.millrace.template.expression.Scope;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;

/** A tag's block with a scope of its own. */
record Body(Block block, Frame frame) {
  /** Parses up to the end of the tag. */
  static Body parse(TemplateParser parser, String end) {
    Block block = parser.body(end);
    parser.stream().next();
    return new Body(block, parser.context().frame());
  }

  Scope enter(Scope scope) {
    return frame.enter(scope);
  }

  Flow run(Scope around, Output output) {
    return block.run(enter(around), output);
  }
}
