package io.millrace.template.tag;

import io.millrace.template.TemplateException;
import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.lexer.TokenStream;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;

/** The tags that need another template, which a chat template does not have. */
final class LoadTag extends Statement {
  private final Expression template;

  private LoadTag(Expression template, int line) {
    super(line);
    this.template = template;
  }

  static Statement parseExtends(TemplateParser parser, int line) {
    return new LoadTag(parser.expression(), line);
  }

  static Statement parseInclude(TemplateParser parser, int line) {
    Expression template = parser.expression();
    if (parser.stream().atName("ignore") && parser.stream().look().isName("missing")) {
      parser.stream().next();
      parser.stream().next();
    }
    context(parser.stream());
    return new LoadTag(template, line);
  }

  static Statement parseImport(TemplateParser parser, int line) {
    Expression template = parser.expression();
    parser.stream().expectName("as");
    parser.stream().expect(TokenKind.NAME);
    context(parser.stream());
    return new LoadTag(template, line);
  }

  static Statement parseFrom(TemplateParser parser, int line) {
    Expression template = parser.expression();
    TokenStream stream = parser.stream();
    stream.expectName("import");
    do {
      stream.expect(TokenKind.NAME);
      if (stream.skipIfName("as")) {
        stream.expect(TokenKind.NAME);
      }
    } while (!context(stream) && stream.skipIf(TokenKind.COMMA));
    return new LoadTag(template, line);
  }

  private static boolean context(TokenStream stream) {
    boolean given =
        (stream.atName("with") || stream.atName("without")) && stream.look().isName("context");
    if (given) {
      stream.next();
      stream.next();
    }
    return given;
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    template.evaluate(scope);
    throw new TemplateException("no loader for this environment specified");
  }
}
