package io.millrace.template.tag;

import io.millrace.template.expression.Scope;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.lexer.TokenStream;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;

/**
 * {@code block name}: where a template that extends this one could put its own. There is none, so
 * the block is rendered in place; it sees the template's variables, or, if scoped, those around it.
 */
final class BlockTag extends Statement {
  private final boolean scoped;
  private final Body body;

  private BlockTag(boolean scoped, Body body, int line) {
    super(line);
    this.scoped = scoped;
    this.body = body;
  }

  static Statement parse(TemplateParser parser, int line) {
    TokenStream stream = parser.stream();
    String name = stream.expect(TokenKind.NAME).text();
    if (!parser.context().addBlock(name)) {
      throw stream.fail("block '" + name + "' defined twice");
    }
    boolean scoped = stream.skipIfName("scoped");
    if (stream.atName("required")) {
      throw stream.fail("Required block '" + name + "' not found");
    }
    Body body = parser.context().detached(() -> Body.parse(parser, "endblock"));
    stream.skipIfName(name);
    return new BlockTag(scoped, body, line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    return body.run(scoped ? scope : scope.ofTemplate(), output);
  }
}
