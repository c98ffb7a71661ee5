package io.millrace.template.tag;

import io.millrace.template.TemplateException;
import io.millrace.template.expression.Call;
import io.millrace.template.expression.Expression;
import io.millrace.template.expression.ExpressionParser;
import io.millrace.template.expression.Target;
import io.millrace.template.lexer.Lexer;
import io.millrace.template.lexer.Token;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.lexer.TokenStream;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Data;
import io.millrace.template.tree.Print;
import io.millrace.template.tree.Root;
import io.millrace.template.tree.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses a template into statements (jinja2.parser); tags parse themselves with its help. */
public final class TemplateParser {
  private static final int MAX_NESTING = 100;

  private final TokenStream stream;
  private final ExpressionParser expressions;
  private final Surroundings surroundings = new Surroundings();
  private final Deque<String> openTags = new ArrayDeque<>();
  private int deepest;

  private TemplateParser(TokenStream stream) {
    this.stream = stream;
    this.expressions = new ExpressionParser(stream);
  }

  /**
   * Parses a whole template.
   *
   * @throws TemplateException with the line if it is not valid
   */
  public static Root parse(String template) {
    TemplateParser parser = new TemplateParser(new TokenStream(Lexer.tokenize(template)));
    return new Root(parser.block(List.of()));
  }

  TokenStream stream() {
    return stream;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  Expression expression() {
    return checked(() -> expressions.parse(true));
  }

  /** An expression or a tuple without parentheses, ended by the tag or by a word. */
  Expression tuple(boolean conditional, @Nullable String endName) {
    return checked(() -> expressions.parseTuple(conditional, endName));
  }

  Call call() {
    return checked(expressions::parseCall);
  }

  Expression blockFilters(boolean startsWithName) {
    return checked(() -> expressions.parseBlockFilters(startsWithName));
  }

  private <T extends Expression> T checked(Supplier<T> parse) {
    T expression = parse.get();
    TemplateException unknown = expressions.takeUnknown();
    if (unknown != null && !surroundings.isConditional()) {
      throw unknown;
    }
    deepest = Math.max(deepest, openTags.size() + expression.depth());
    return expression;
  }

  Target target(@Nullable String endName, boolean namespaces) {
    Target target = expressions.parseTarget(endName, namespaces);
    if (surroundings.isWithinLoop()) {
      target.names(
          name -> {
            if (name.equals("loop")) {
              throw stream.fail("Can't assign to special loop variable in for-loop target");
            }
          });
    }
    return target;
  }

  /** Names that the expressions read while something is parsed. */
  Set<String> namesIn(Runnable parse) {
    return expressions.namesIn(parse);
  }

  /** The levels of statements and expressions within what is parsed. */
  int levelsIn(Runnable parse) {
    int before = deepest;
    deepest = 0;
    parse.run();
    int levels = Math.max(1, deepest - openTags.size());
    deepest = Math.max(before, deepest);
    return levels;
  }

  /** The block of a tag, up to the tag that ends it, of which the name is read. */
  Block body(String... ends) {
    stream.skipIf(TokenKind.COLON);
    stream.expect(TokenKind.BLOCK_END);
    return block(Arrays.asList(ends));
  }

  private Block block(List<String> ends) {
    List<Statement> statements = new ArrayList<>();
    while (!stream.at(TokenKind.EOF)) {
      Token token = stream.next();
      switch (token.kind()) {
        case DATA -> statements.add(new Data(token.text(), token.line()));
        case VARIABLE_BEGIN -> {
          Expression printed = tuple(true, null);
          stream.expect(TokenKind.VARIABLE_END);
          statements.add(new Print(List.of(printed), token.line()));
        }
        default -> {
          if (ends.stream().anyMatch(stream::atName)) {
            return new Block(statements);
          }
          statements.add(tag(ends));
          stream.expect(TokenKind.BLOCK_END);
        }
      }
    }
    if (!ends.isEmpty()) {
      throw stream.fail("Unexpected end of template. " + lookingFor(ends));
    }
    return new Block(statements);
  }

  private Statement tag(List<String> ends) {
    Token name = stream.current();
    if (!name.is(TokenKind.NAME)) {
      throw stream.fail("tag name expected");
    }
    TagSyntax syntax = Tags.named(name.text());
    if (syntax == null) {
      throw stream.fail(
          "Encountered unknown tag '%s'. %s".formatted(name.text(), lookingFor(ends)).strip());
    }
    stream.next();
    openTags.push(name.text());
    if (openTags.size() > MAX_NESTING) {
      throw stream.fail("tags are nested deeper than %d levels".formatted(MAX_NESTING));
    }
    Statement statement = syntax.parse(this, name.line());
    openTags.pop();
    return statement;
  }

  private String lookingFor(List<String> ends) {
    String wanted =
        ends.isEmpty()
            ? ""
            : "Jinja was looking for the following tags: '" + String.join("' or '", ends) + "'. ";
    String innermost =
        openTags.isEmpty()
            ? ""
            : "The innermost block that needs to be closed is '" + openTags.peek() + "'.";
    return wanted + innermost;
  }
}
