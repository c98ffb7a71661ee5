package io.millrace.template.tag;

import io.millrace.template.TemplateException;
import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.Truth;
import org.jspecify.annotations.Nullable;

/**
 * A block that only has variables of its own: transformers' {@code generation}, which marks what
 * the assistant wrote, and {@code autoescape}, which has to be false since prompts are no HTML.
 */
final class ScopedTag extends Statement {
  private final @Nullable Expression escapes;
  private final Block body;

  private ScopedTag(@Nullable Expression escapes, Block body, int line) {
    super(line);
    this.escapes = escapes;
    this.body = body;
  }

  static Statement parseGeneration(TemplateParser parser, int line) {
    Block body = parser.surroundings().function(() -> parser.body("endgeneration"));
    parser.stream().next();
    return new ScopedTag(null, body, line);
  }

  static Statement parseAutoescape(TemplateParser parser, int line) {
    Expression escapes = parser.expression();
    Block body = parser.surroundings().scoped(() -> parser.body("endautoescape"));
    parser.stream().next();
    return new ScopedTag(escapes, body, line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    if (escapes != null && Truth.of(escapes.evaluate(scope))) {
      throw new TemplateException("autoescape is not supported: a prompt is no HTML");
    }
    return body.run(scope.inner(), output);
  }
}
