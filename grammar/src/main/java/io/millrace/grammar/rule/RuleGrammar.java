package io.millrace.grammar.rule;

import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.error.UnsatisfiableGrammarException;
import io.millrace.grammar.limit.Budget;
import io.millrace.grammar.pushdown.Edge;
import io.millrace.grammar.pushdown.Node;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rules as an automaton; those that are not recursive are one lexeme each. */
public final class RuleGrammar {
  private static final int MOST_COPIES = 10_000;

  private final Rules rules;
  private final RegexPool pool;
  private final Set<String> productive;
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, Regex> languages = new HashMap<>();
  private final Set<String> recursive = new HashSet<>();
  private int copies;

  private RuleGrammar(Rules rules, RegexPool pool) {
    this.rules = rules;
    this.pool = pool;
    this.productive = rules.productive();
  }

  /**
   * The rule {@code root} of a grammar in GBNF, or {@code start} of one in Lark's form.
   *
   * @throws io.millrace.grammar.error.GrammarException if it is malformed, cannot be followed or is
   *     too large
   */
  public static Node of(String source, RegexPool pool, Budget budget) {
    Rules read = GbnfParser.parse(source, pool);
    read.check(budget);
    RuleGrammar grammar = new RuleGrammar(LeftRecursion.removed(read, budget), pool);
    if (!grammar.productive.contains(read.start())) {
      throw new UnsatisfiableGrammarException("the grammar allows no text at all");
    }
    Node root = grammar.build(new Expression.Name(read.start()), Node.END);
    return root;
  }

  private Node build(Expression expression, Node next) {
    Regex language = language(expression);
    if (language != null) {
      return new Place(() -> List.of(Edge.read(language, next)));
    }
    if (expression instanceof Expression.Name name) {
      Node rule = place(name.name());
      return new Place(() -> List.of(Edge.call(rule, next)));
    }
    if (expression instanceof Expression.Choice choice) {
      List<Edge> edges = new ArrayList<>();
      for (Expression branch : choice.branches()) {
        if (Rules.isProductive(branch, productive)) {
          edges.add(Edge.read(pool.epsilon(), build(branch, next)));
        }
      }
      return new Place(() -> edges);
    }
    if (expression instanceof Expression.Repeat repeat) {
      return repeat(repeat, next);
    }
    Node tail = next;
    List<Expression> parts = expression.parts();
    for (int i = parts.size() - 1; i >= 0; i--) {
      tail = build(parts.get(i), tail);
    }
    return tail;
  }

  private Node repeat(Expression.Repeat repeat, Node next) {
    if (!Rules.isProductive(repeat.part(), productive)) {
      return next;
    }
    Node tail = next;
    if (repeat.high() == Regex.UNBOUNDED) {
      List<Edge> edges = new ArrayList<>();
      Place loop = new Place(() -> edges);
      edges.add(Edge.read(pool.epsilon(), next));
      edges.add(Edge.read(pool.epsilon(), build(repeat.part(), loop)));
      tail = loop;
    }
    for (int i = repeat.low(); i < repeat.high(); i++) {
      Node once = copy(repeat.part(), tail);
      tail =
          new Place(
              () -> List.of(Edge.read(pool.epsilon(), once), Edge.read(pool.epsilon(), next)));
    }
    for (int i = 0; i < repeat.low(); i++) {
      tail = copy(repeat.part(), tail);
    }
    return tail;
  }

  private Node copy(Expression part, Node next) {
    if (++copies > MOST_COPIES) {
      throw new GrammarLimitException("the grammar", MOST_COPIES, "repetitions of recursive rules");
    }
    return build(part, next);
  }

  private Node place(String name) {
    Place known = places.get(name);
    if (known == null) {
      List<Edge> edges = new ArrayList<>();
      known = new Place(() -> edges);
      places.put(name, known);
      edges.add(Edge.read(pool.epsilon(), build(rules.get(name), Node.END)));
    }
    return known;
  }

  /** The language of an expression, or null if it has rules that are recursive. */
  private @Nullable Regex language(Expression expression) {
    if (expression instanceof Expression.Terminal terminal) {
      return terminal.language();
    }
    if (expression instanceof Expression.Name name) {
      return language(name.name());
    }
    List<Regex> parts = new ArrayList<>();
    for (Expression part : expression.parts()) {
      Regex language = language(part);
      if (language == null) {
        return null;
      }
      parts.add(language);
    }
    if (expression instanceof Expression.Repeat repeat) {
      return pool.repeat(parts.get(0), repeat.low(), repeat.high());
    }
    return expression instanceof Expression.Choice ? pool.alt(parts) : pool.concat(parts);
  }

  private @Nullable Regex language(String name) {
    if (languages.containsKey(name)) {
      return languages.get(name);
    }
    if (!recursive.add(name)) {
      return null;
    }
    Regex language = language(rules.get(name));
    if (language != null) {
      languages.put(name, language);
      recursive.remove(name);
    }
    return language;
  }

  /** A place in a rule. */
  private static final class Place extends Node {
    private final Supplier<List<Edge>> edges;

    Place(Supplier<List<Edge>> edges) {
      this.edges = edges;
    }

    @Override
    protected List<Edge> expand() {
      return edges.get();
    }

    @Override
    public boolean isEnd() {
      return false;
    }
  }
}
