package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.expression.Target;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.FilteredIterator;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Truth;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** {@code for target in iterable if condition recursive}, {@code else}. */
final class ForTag extends Statement {
  private final Target target;
  private final Expression iterable;
  private final @Nullable Expression condition;
  private final boolean recursive;
  private final Body body;
  private final @Nullable Body otherwise;
  private final int levels;

  private ForTag(Head head, Body body, @Nullable Body otherwise, int levels, int line) {
    super(line);
    this.target = head.target();
    this.iterable = head.iterable();
    this.condition = head.condition();
    this.recursive = head.recursive();
    this.body = body;
    this.otherwise = otherwise;
    this.levels = levels;
  }

  static Statement parse(TemplateParser parser, int line) {
    TagContext context = parser.context();
    Head head = Head.parse(parser);
    Measure around = parser.beginMeasure();
    Body body = context.loop(() -> parseBody(parser, head.target()));
    Body otherwise = null;
    if (parser.stream().next().text().equals("else")) {
      otherwise =
          head.recursive()
              ? context.function(() -> Body.parse(parser, "endfor"))
              : context.scoped(() -> Body.parse(parser, "endfor"));
    }
    return new ForTag(head, body, otherwise, parser.endMeasure(around).levels(), line);
  }

  private static Body parseBody(TemplateParser parser, Target target) {
    target.names(parser::parameter);
    Block block = parser.body("endfor", "else");
    return new Body(block, parser.context().frame());
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    return loop(iterable.evaluate(scope), 0, scope, output);
  }

  private Flow loop(Object elements, int depth, Scope scope, Output output) {
    LoopContext loop = loopContext(elements, depth, scope);
    // As in Jinja2, an iteration that break or continue cuts short does not count here.
    boolean completed = false;
    while (loop.advance()) {
      Scope inner = body.enter(scope);
      inner.assign("loop", loop);
      target.assign(inner, loop.current());
      Flow flow = body.block().run(inner, output);
      if (flow == Flow.BREAK) {
        break;
      }
      completed |= flow == Flow.NEXT;
    }
    return completed || otherwise == null ? Flow.NEXT : otherwise.run(scope, output);
  }

  private LoopContext loopContext(Object elements, int depth, Scope scope) {
    Iterator<Object> iterator = Sequences.iterate(elements, scope.budget());
    int length = Sequences.length(elements);
    if (condition != null) {
      iterator = new FilteredIterator(iterator, element -> holds(condition, element, scope));
      length = Sequences.UNSIZED;
    }
    return new LoopContext(iterator, length, depth, recursive ? again(depth, scope) : null);
  }

  private boolean holds(Expression test, Object element, Scope scope) {
    Scope inner = scope.inner();
    target.assign(inner, element);
    return Truth.of(test.evaluate(inner));
  }

  /** What {@code loop(elements)} does. */
  private LoopContext.Recursion again(int depth, Scope scope) {
    return elements -> {
      scope.budget().enter(levels);
      Output output = new Output(scope.budget());
      loop(elements, depth + 1, scope, output);
      scope.budget().leave(levels);
      return output.toString();
    };
  }

  /** The tag itself, without its blocks. */
  private record Head(
      Target target, Expression iterable, @Nullable Expression condition, boolean recursive) {
    static Head parse(TemplateParser parser) {
      TagContext context = parser.context();
      Target target = context.loop(() -> parser.target("in", false));
      parser.stream().expectName("in");
      Expression iterable = parser.tuple(false, "recursive");
      Expression condition =
          parser.stream().skipIfName("if") ? context.scoped(parser::expression) : null;
      return new Head(target, iterable, condition, parser.stream().skipIfName("recursive"));
    }
  }
}
