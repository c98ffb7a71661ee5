package io.millrace.template.expression;

import io.millrace.template.lexer.Token;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.lexer.TokenStream;
import io.millrace.template.value.None;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses names, literals, and what follows them: attributes, subscripts, calls, filters, tests. */
final class OperandParser {
  private static final Set<TokenKind> TUPLE_ENDS =
      Set.of(TokenKind.VARIABLE_END, TokenKind.BLOCK_END, TokenKind.RPAREN);
  private static final Set<TokenKind> ARGUMENT_STARTS =
      Set.of(
          TokenKind.NAME,
          TokenKind.STRING,
          TokenKind.INTEGER,
          TokenKind.FLOAT,
          TokenKind.LBRACKET,
          TokenKind.LBRACE);
  private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and");

  private final TokenStream stream;
  private final ExpressionParser expressions;
  private final ArgumentParser arguments;

  OperandParser(TokenStream stream, ExpressionParser expressions) {
    this.stream = stream;
    this.expressions = expressions;
    this.arguments = new ArgumentParser(stream, expressions);
  }

  Expression primary(boolean namespaces) {
    Token token = stream.current();
    return switch (token.kind()) {
      case NAME -> name(namespaces);
      case STRING -> string();
      case INTEGER, FLOAT -> new Literal(stream.next().value());
      case LPAREN -> {
        stream.next();
        Expression inner = tuple(() -> expressions.parse(true), null, true);
        stream.expect(TokenKind.RPAREN);
        yield inner;
      }
      case LBRACKET -> list();
      case LBRACE -> dict();
      default -> throw stream.fail("unexpected '" + token.description() + "'");
    };
  }

  private Expression name(boolean namespaces) {
    String name = stream.next().text();
    return switch (name) {
      case "true", "True" -> new Literal(true);
      case "false", "False" -> new Literal(false);
      case "none", "None" -> new Literal(None.NONE);
      default -> variable(name, namespaces);
    };
  }

  private Expression variable(String name, boolean namespaces) {
    if (namespaces && stream.skipIf(TokenKind.DOT)) {
      expressions.noteNamespace(name);
      return new NamespaceAttribute(name, stream.expect(TokenKind.NAME).text());
    }
    expressions.noteVariable(name);
    return new Name(name);
  }

  private Expression string() {
    StringBuilder text = new StringBuilder();
    while (stream.at(TokenKind.STRING)) {
      text.append(stream.next().text());
    }
    return new Literal(text.toString());
  }

  private Expression list() {
    stream.expect(TokenKind.LBRACKET);
    List<Expression> items = new ArrayList<>();
    while (!stream.at(TokenKind.RBRACKET)) {
      if (!items.isEmpty()) {
        stream.expect(TokenKind.COMMA);
      }
      if (!stream.at(TokenKind.RBRACKET)) {
        items.add(expressions.parse(true));
      }
    }
    stream.next();
    return Collection.list(items);
  }

  private Expression dict() {
    stream.expect(TokenKind.LBRACE);
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!stream.at(TokenKind.RBRACE)) {
      if (!keys.isEmpty()) {
        stream.expect(TokenKind.COMMA);
      }
      if (!stream.at(TokenKind.RBRACE)) {
        keys.add(expressions.parse(true));
        stream.expect(TokenKind.COLON);
        values.add(expressions.parse(true));
      }
    }
    stream.next();
    return new DictDisplay(keys, values);
  }

  /**
   * One expression, or a tuple of several.
   *
   * @param endName a word that ends it, too
   * @param parenthesized whether it may be empty
   */
  Expression tuple(Supplier<Expression> item, @Nullable String endName, boolean parenthesized) {
    List<Expression> items = new ArrayList<>();
    boolean commas = false;
    while (true) {
      if (!items.isEmpty()) {
        stream.expect(TokenKind.COMMA);
      }
      if (TUPLE_ENDS.contains(stream.current().kind())
          || (endName != null && stream.atName(endName))) {
        break;
      }
      items.add(item.get());
      if (!stream.at(TokenKind.COMMA)) {
        break;
      }
      commas = true;
    }
    if (!commas && !items.isEmpty()) {
      return items.get(0);
    } else if (!commas && !parenthesized) {
      throw stream.fail("Expected an expression, got '" + stream.current().description() + "'");
    }
    return Collection.tuple(items);
  }

  Expression postfix(Expression operand) {
    Expression result = operand;
    while (true) {
      if (stream.at(TokenKind.DOT) || stream.at(TokenKind.LBRACKET)) {
        result = subscript(result);
      } else if (stream.at(TokenKind.LPAREN)) {
        result = new Call(result, arguments.parse());
      } else {
        return result;
      }
    }
  }

  private Expression subscript(Expression owner) {
    if (stream.skipIf(TokenKind.DOT)) {
      Token attribute = stream.next();
      return switch (attribute.kind()) {
        case NAME -> new AttributeAccess(owner, attribute.text());
        case INTEGER -> new ItemAccess(owner, new Literal(attribute.value()));
        default -> throw stream.fail("expected name or number");
      };
    }
    stream.expect(TokenKind.LBRACKET);
    if (stream.at(TokenKind.COLON)) {
      return slice(owner, new Literal(None.NONE));
    }
    List<Expression> keys = new ArrayList<>();
    while (!stream.at(TokenKind.RBRACKET)) {
      if (!keys.isEmpty()) {
        stream.expect(TokenKind.COMMA);
      }
      keys.add(expressions.parse(true));
      if (keys.size() == 1 && stream.at(TokenKind.COLON)) {
        return slice(owner, keys.get(0));
      }
    }
    stream.next();
    return new ItemAccess(owner, keys.size() == 1 ? keys.get(0) : Collection.tuple(keys));
  }

  private Expression slice(Expression owner, Expression start) {
    stream.expect(TokenKind.COLON);
    Expression stop = bound();
    Expression step = stream.skipIf(TokenKind.COLON) ? bound() : new Literal(None.NONE);
    stream.expect(TokenKind.RBRACKET);
    return new SliceAccess(owner, start, stop, step);
  }

  private Expression bound() {
    boolean absent = stream.at(TokenKind.COLON) || stream.at(TokenKind.RBRACKET);
    return absent ? new Literal(None.NONE) : expressions.parse(true);
  }

  Expression filtersAndTests(Expression operand) {
    Expression result = operand;
    while (true) {
      if (stream.at(TokenKind.PIPE)) {
        result = filters(result);
      } else if (stream.atName("is")) {
        result = test(result);
      } else if (stream.at(TokenKind.LPAREN)) {
        result = new Call(result, arguments.parse());
      } else {
        return result;
      }
    }
  }

  Expression filters(Expression operand) {
    Expression result = operand;
    while (stream.skipIf(TokenKind.PIPE)) {
      result = filter(result);
    }
    return result;
  }

  Expression filter(Expression operand) {
    String name = dottedName();
    ArgumentList given = stream.at(TokenKind.LPAREN) ? arguments.parse() : ArgumentList.NONE;
    FilterCall call = new FilterCall(name, operand, given);
    if (!call.isKnown()) {
      expressions.noteUnknown("filter", name);
    }
    return call;
  }

  private Expression test(Expression operand) {
    stream.next();
    boolean negated = stream.skipIfName("not");
    String name = dottedName();
    TestCall call = new TestCall(name, operand, testArguments());
    if (!call.isKnown()) {
      expressions.noteUnknown("test", name);
    }
    return negated ? new Unary(Unary.Operator.NOT, call) : call;
  }

  /** In parentheses, or one operand without. */
  private ArgumentList testArguments() {
    if (stream.at(TokenKind.LPAREN)) {
      return arguments.parse();
    }
    Token token = stream.current();
    if (!ARGUMENT_STARTS.contains(token.kind())
        || (token.is(TokenKind.NAME) && NO_ARGUMENT.contains(token.text()))) {
      return ArgumentList.NONE;
    }
    if (token.isName("is")) {
      throw stream.fail("You cannot chain multiple tests with is");
    }
    return ArgumentList.of(postfix(primary(false)));
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(stream.expect(TokenKind.NAME).text());
    while (stream.skipIf(TokenKind.DOT)) {
      name.append('.').append(stream.expect(TokenKind.NAME).text());
    }
    return name.toString();
  }
}
