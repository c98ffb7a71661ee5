package io.millrace.template.expression;

import io.millrace.template.lexer.Token;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.lexer.TokenStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses {@code (a, *b, c=d, **e)}. */
final class ArgumentParser {
  private final TokenStream stream;
  private final ExpressionParser expressions;

  ArgumentParser(TokenStream stream, ExpressionParser expressions) {
    this.stream = stream;
    this.expressions = expressions;
  }

  ArgumentList parse() {
    stream.expect(TokenKind.LPAREN);
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    Expression spread = null;
    Expression namedSpread = null;
    boolean first = true;
    while (!stream.at(TokenKind.RPAREN)) {
      if (!first) {
        stream.expect(TokenKind.COMMA);
        if (stream.at(TokenKind.RPAREN)) {
          break;
        }
      }
      first = false;
      if (stream.skipIf(TokenKind.MUL)) {
        ensure(spread == null && namedSpread == null);
        spread = expressions.parse(true);
      } else if (stream.skipIf(TokenKind.POW)) {
        ensure(namedSpread == null);
        namedSpread = expressions.parse(true);
      } else if (stream.at(TokenKind.NAME) && stream.look().is(TokenKind.ASSIGN)) {
        ensure(namedSpread == null);
        named(named);
      } else {
        ensure(spread == null && namedSpread == null && named.isEmpty());
        positional.add(expressions.parse(true));
      }
    }
    stream.next();
    return list(positional, spread, named, namedSpread);
  }

  private void named(Map<String, Expression> named) {
    Token name = stream.next();
    stream.expect(TokenKind.ASSIGN);
    if (named.put(name.text(), expressions.parse(true)) != null) {
      throw stream.fail("keyword argument repeated: " + name.text());
    }
  }

  private static ArgumentList list(
      List<Expression> positional,
      @Nullable Expression spread,
      Map<String, Expression> named,
      @Nullable Expression namedSpread) {
    boolean none = positional.isEmpty() && named.isEmpty() && spread == null && namedSpread == null;
    return none ? ArgumentList.NONE : new ArgumentList(positional, spread, named, namedSpread);
  }

  private void ensure(boolean wellFormed) {
    if (!wellFormed) {
      throw stream.fail("invalid syntax for function call expression");
    }
  }
}
