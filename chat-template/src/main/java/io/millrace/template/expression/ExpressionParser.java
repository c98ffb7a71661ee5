package io.millrace.template.expression;

import io.millrace.template.TemplateException;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.lexer.TokenStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions: operators by precedence here, their operands in {@link OperandParser}. The
 * order is {@code if-else, or, and, not, comparison, + -, ~, * / // %, **, sign}, which is not
 * Python's.
 */
public final class ExpressionParser {
  private static final int MAX_NESTING = 150;
  private static final Set<TokenKind> COMPARISONS =
      Set.of(
          TokenKind.EQ, TokenKind.NE, TokenKind.LT, TokenKind.LTEQ, TokenKind.GT, TokenKind.GTEQ);
  private static final Set<TokenKind> PRODUCTS =
      Set.of(TokenKind.MUL, TokenKind.DIV, TokenKind.FLOORDIV, TokenKind.MOD);

  private final TokenStream stream;
  private final OperandParser operands;
  private final Consumer<String> reads;
  private int nesting;
  private @Nullable TemplateException unknown;
  private boolean assigning;

  /**
   * @param reads is told each variable that an expression reads
   */
  public ExpressionParser(TokenStream stream, Consumer<String> reads) {
    this.stream = stream;
    this.reads = reads;
    this.operands = new OperandParser(stream, this);
  }

  /**
   * Takes what is wrong with filters and tests that do not exist in what was parsed since it was
   * last asked, or null. Within a conditional they are only wrong once they are used.
   */
  public @Nullable TemplateException takeUnknown() {
    TemplateException taken = unknown;
    unknown = null;
    return taken;
  }

  void noteUnknown(String kind, String name) {
    if (unknown == null) {
      unknown = stream.fail("No %s named '%s'.".formatted(kind, name));
    }
  }

  void noteVariable(String name) {
    if (!assigning) {
      reads.accept(name);
    }
  }

  void noteNamespace(String name) {
    reads.accept(name);
  }

  /** One expression, with or without the {@code a if b else c} form. */
  public Expression parse(boolean conditional) {
    return nested(conditional ? this::conditional : this::or);
  }

  /** A call, as the {@code call} tag needs it. */
  public Call parseCall() {
    int line = stream.current().line();
    if (parse(true) instanceof Call call) {
      return call;
    }
    throw new TemplateException("expected call").at(line);
  }

  /** An expression, or several separated by commas: a tuple. */
  public Expression parseTuple(boolean conditional, @Nullable String endName) {
    return operands.tuple(() -> parse(conditional), endName, false);
  }

  /** What a value can be assigned to; namespaces' attributes only where the tag allows them. */
  public Target parseTarget(@Nullable String endName, boolean namespaces) {
    int line = stream.current().line();
    assigning = true;
    Expression expression = operands.tuple(() -> operands.primary(namespaces), endName, false);
    assigning = false;
    try {
      return Target.of(expression);
    } catch (TemplateException e) {
      throw e.at(line);
    }
  }

  /** Filters on what a block gives: {@code upper|trim}, or {@code |upper|trim} after a name. */
  public Expression parseBlockFilters(boolean startsWithName) {
    Expression captured = new CapturedBlock();
    return startsWithName
        ? operands.filters(operands.filter(captured))
        : operands.filters(captured);
  }

  /** Evaluates what {@link #parseBlockFilters} gave. */
  public static Object applyFilters(Expression filters, Object captured, Scope scope) {
    Scope inner = scope.inner();
    inner.assign(CapturedBlock.VARIABLE, captured);
    return filters.evaluate(inner);
  }

  private <T> T nested(Supplier<T> parse) {
    if (++nesting > MAX_NESTING) {
      throw stream.fail("the expression is nested deeper than %d levels".formatted(MAX_NESTING));
    }
    T parsed = parse.get();
    nesting--;
    return parsed;
  }

  private Expression conditional() {
    TemplateException before = unknown;
    Expression then = or();
    while (stream.skipIfName("if")) {
      Expression condition = or();
      Expression otherwise = stream.skipIfName("else") ? nested(this::conditional) : null;
      then = new Conditional(condition, then, otherwise);
      unknown = before;
    }
    return then;
  }

  private Expression or() {
    Expression left = and();
    while (stream.skipIfName("or")) {
      left = Logical.or(left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (stream.skipIfName("and")) {
      left = Logical.and(left, not());
    }
    return left;
  }

  private Expression not() {
    return stream.skipIfName("not")
        ? new Unary(Unary.Operator.NOT, nested(this::not))
        : comparison();
  }

  private Expression comparison() {
    Expression first = sum();
    List<Compare.Link> links = new ArrayList<>();
    while (true) {
      if (COMPARISONS.contains(stream.current().kind())) {
        links.add(new Compare.Link(stream.next().kind().description(), sum()));
      } else if (stream.skipIfName("in")) {
        links.add(new Compare.Link("in", sum()));
      } else if (stream.atName("not") && stream.look().isName("in")) {
        stream.next();
        stream.next();
        links.add(new Compare.Link("not in", sum()));
      } else {
        return links.isEmpty() ? first : new Compare(first, links);
      }
    }
  }

  private Expression sum() {
    Expression left = concatenation();
    while (stream.at(TokenKind.ADD) || stream.at(TokenKind.SUB)) {
      left = new Binary(stream.next().kind(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    List<Expression> parts = new ArrayList<>();
    parts.add(product());
    while (stream.skipIf(TokenKind.TILDE)) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.get(0) : new Concat(parts);
  }

  private Expression product() {
    Expression left = power();
    while (PRODUCTS.contains(stream.current().kind())) {
      left = new Binary(stream.next().kind(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = signed(true);
    while (stream.skipIf(TokenKind.POW)) {
      left = new Binary(TokenKind.POW, left, signed(true));
    }
    return left;
  }

  /** A sign binds tighter than filters, looser than attributes and calls. */
  private Expression signed(boolean filters) {
    Expression operand;
    if (stream.skipIf(TokenKind.SUB)) {
      operand = new Unary(Unary.Operator.NEGATE, nested(() -> signed(false)));
    } else if (stream.skipIf(TokenKind.ADD)) {
      operand = new Unary(Unary.Operator.PLUS, nested(() -> signed(false)));
    } else {
      operand = operands.primary(false);
    }
    operand = operands.postfix(operand);
    return filters ? operands.filtersAndTests(operand) : operand;
  }
}
