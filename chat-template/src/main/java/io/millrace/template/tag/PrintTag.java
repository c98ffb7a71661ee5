package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.tree.Print;
import io.millrace.template.tree.Statement;
import java.util.ArrayList;
import java.util.List;

/** {@code print a, b}. */
final class PrintTag {
  private PrintTag() {}

  static Statement parse(TemplateParser parser, int line) {
    List<Expression> expressions = new ArrayList<>();
    while (!parser.stream().at(TokenKind.BLOCK_END)) {
      if (!expressions.isEmpty()) {
        parser.stream().expect(TokenKind.COMMA);
      }
      expressions.add(parser.expression());
    }
    return new Print(expressions, line);
  }
}
