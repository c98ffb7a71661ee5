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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses a template into statements (jinja2.parser); tags parse themselves with its help. */
public final class TemplateParser {
  private static final int MAX_NESTING = 100;

  private final TokenStream stream;
  private final ExpressionParser expressions;
  private final TagContext context = new TagContext();
  private final Deque<String> openTags = new ArrayDeque<>();
  private Measure measure = new Measure(0);

  private TemplateParser(TokenStream stream) {
    this.stream = stream;
    this.expressions = new ExpressionParser(stream, this::read);
  }

  /**
   * Parses a whole template.
   *
   * @throws TemplateException with the line if it is not valid
   */
  public static Root parse(String template) {
    TemplateParser parser = new TemplateParser(new TokenStream(Lexer.tokenize(template)));
    Block block = parser.block(List.of());
    parser.context.seal();
    return new Root(block, parser.context.frame()::enter);
  }

  TokenStream stream() {
    return stream;
  }

  TagContext context() {
    return context;
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
    if (unknown != null && !context.isConditional()) {
      throw unknown;
    }
    measure.reach(openTags.size() + expression.depth());
    return expression;
  }

  Target target(@Nullable String endName, boolean namespaces) {
    Target target = expressions.parseTarget(endName, namespaces);
    if (context.isWithinLoop()) {
      target.names(
          name -> {
            if (name.equals("loop")) {
              throw stream.fail("Can't assign to special loop variable in for-loop target");
            }
          });
    }
    return target;
  }

  /** Begins to measure what is parsed next; what it gives is for {@link #endMeasure}. */
  Measure beginMeasure() {
    Measure around = measure;
    measure = new Measure(openTags.size());
    return around;
  }

  /** What was measured since {@link #beginMeasure}. */
  Measure endMeasure(Measure around) {
    Measure measured = measure;
    around.add(measured);
    measure = around;
    return measured;
  }

  private void read(String name) {
    measure.names().add(name);
    context.frame().read(name);
  }

  /** Notes that a tag gives a variable a value. */
  void assigns(String name) {
    context.frame().assign(name, context.isConditional());
  }

  /** Notes that a variable has a value from the start of a scope. */
  void parameter(String name) {
    context.frame().parameter(name);
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
