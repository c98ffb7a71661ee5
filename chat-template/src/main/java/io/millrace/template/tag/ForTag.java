package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.expression.Target;
import io.millrace.template.tree.Block;
import io.millrace.template.tree.Flow;
import io.millrace.template.tree.Output;
import io.millrace.template.tree.Statement;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Truth;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** {@code for target in iterable if condition recursive}, {@code else}. */
final class ForTag extends Statement {
  private final Target target;
  private final Expression iterable;
  private final @Nullable Expression condition;
  private final boolean recursive;
  private final Bodies bodies;

  private ForTag(
      Target target,
      Expression iterable,
      @Nullable Expression condition,
      boolean recursive,
      Bodies bodies,
      int line) {
    super(line);
    this.target = target;
    this.iterable = iterable;
    this.condition = condition;
    this.recursive = recursive;
    this.bodies = bodies;
  }

  static Statement parse(TemplateParser parser, int line) {
    Surroundings surroundings = parser.surroundings();
    Target target = surroundings.loop(() -> parser.target("in", false));
    parser.stream().expectName("in");
    Expression iterable = parser.tuple(false, "recursive");
    Expression condition =
        parser.stream().skipIfName("if") ? surroundings.scoped(parser::expression) : null;
    boolean recursive = parser.stream().skipIfName("recursive");
    Bodies bodies = new Bodies();
    bodies.levels = parser.levelsIn(() -> bodies.parse(parser, recursive));
    return new ForTag(target, iterable, condition, recursive, bodies, line);
  }

  @Override
  protected Flow run(Scope scope, Output output) {
    return loop(iterable.evaluate(scope), 0, scope, output);
  }

  private Flow loop(Object elements, int depth, Scope scope, Output output) {
    Iterator<Object> iterator = Sequences.iterate(elements, scope.budget());
    LoopContext loop =
        condition == null
            ? new LoopContext(iterator, Sequences.length(elements), depth, again(depth, scope))
            : new LoopContext(
                new Filtered(iterator, scope), Sequences.UNSIZED, depth, again(depth, scope));
    // As in Jinja2, an iteration that break or continue cuts short does not count here.
    boolean completed = false;
    while (loop.advance()) {
      Scope inner = scope.inner();
      inner.assign("loop", loop);
      target.assign(inner, loop.current());
      Flow flow = bodies.body.run(inner, output);
      if (flow == Flow.BREAK) {
        break;
      }
      completed |= flow == Flow.NEXT;
    }
    return completed ? Flow.NEXT : bodies.otherwise.run(scope.inner(), output);
  }

  /** What {@code loop(elements)} does in a recursive loop, or null in any other. */
  private LoopContext.@Nullable Recursion again(int depth, Scope scope) {
    if (!recursive) {
      return null;
    }
    return elements -> {
      scope.budget().enter(bodies.levels);
      Output output = new Output(scope.budget());
      loop(elements, depth + 1, scope, output);
      scope.budget().leave(bodies.levels);
      return output.toString();
    };
  }

  /** What is run for each element, and where there is none. */
  private static final class Bodies {
    private Block body = Block.EMPTY;
    private Block otherwise = Block.EMPTY;
    private int levels;

    void parse(TemplateParser parser, boolean recursive) {
      Surroundings surroundings = parser.surroundings();
      body = surroundings.loop(() -> parser.body("endfor", "else"));
      if (parser.stream().next().text().equals("else")) {
        otherwise =
            recursive
                ? surroundings.function(() -> parser.body("endfor"))
                : surroundings.scoped(() -> parser.body("endfor"));
        parser.stream().next();
      }
    }
  }

  /** The elements for which the condition holds, looked for when they are asked for. */
  private final class Filtered implements Iterator<Object> {
    private final Iterator<Object> elements;
    private final Scope scope;
    private @Nullable Object next;

    Filtered(Iterator<Object> elements, Scope scope) {
      this.elements = elements;
      this.scope = scope;
    }

    @Override
    public boolean hasNext() {
      while (next == null && elements.hasNext()) {
        Object element = elements.next();
        next = holds(element) ? element : null;
      }
      return next != null;
    }

    private boolean holds(Object element) {
      Scope inner = scope.inner();
      target.assign(inner, element);
      return condition == null || Truth.of(condition.evaluate(inner));
    }

    @Override
    public Object next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      Object element = next;
      next = null;
      return element;
    }
  }
}
