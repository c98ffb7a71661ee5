package io.millrace.grammar.regex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;

/** What is known of a term from what it is made of. */
final class Derivatives {
  private Derivatives() {}

  static boolean nullable(Regex term) {
    return switch (term.kind) {
      case BYTES -> false;
      case EPSILON -> true;
      case CONCAT, AND -> Arrays.stream(term.children).allMatch(Regex::nullable);
      case ALT -> Arrays.stream(term.children).anyMatch(Regex::nullable);
      case NOT -> !term.children[0].nullable();
      case REPEAT -> term.low == 0 || term.children[0].nullable();
      case MULTIPLE -> Multiples.nullable(term);
    };
  }

  static ByteSet first(Regex term) {
    Regex[] children = term.children;
    return switch (term.kind) {
      case BYTES -> term.bytes;
      case EPSILON -> ByteSet.NONE;
      case CONCAT ->
          children[0].nullable()
              ? children[0].first().or(children[1].first())
              : children[0].first();
      case ALT -> fold(children, ByteSet.NONE, ByteSet::or);
      case AND -> fold(children, ByteSet.ALL, ByteSet::and);
      case NOT -> ByteSet.ALL;
      case REPEAT -> children[0].first();
      case MULTIPLE -> Multiples.first(term);
    };
  }

  private static ByteSet fold(Regex[] children, ByteSet start, BinaryOperator<ByteSet> operator) {
    ByteSet result = start;
    for (Regex child : children) {
      result = operator.apply(result, child.first());
    }
    return result;
  }

  /** The term of what may follow the byte; its language may be empty. */
  static Regex of(Regex term, int b) {
    RegexPool pool = term.pool;
    Regex[] children = term.children;
    return switch (term.kind) {
      case BYTES -> term.bytes.contains(b) ? pool.epsilon() : pool.nothing();
      case EPSILON -> pool.nothing();
      case CONCAT -> ofConcat(term, b);
      case ALT -> pool.alt(each(children, b));
      case AND -> ofAnd(term, b);
      case NOT -> pool.not(of(children[0], b));
      case REPEAT ->
          pool.concat(
              of(children[0], b),
              pool.repeat(
                  children[0],
                  Math.max(0, term.low - 1),
                  term.high == Regex.UNBOUNDED ? Regex.UNBOUNDED : term.high - 1));
      case MULTIPLE -> Multiples.first(term).contains(b) ? Multiples.next(term, b) : pool.nothing();
    };
  }

  private static Regex ofConcat(Regex term, int b) {
    Regex head = term.children[0];
    Regex tail = term.children[1];
    Regex next =
        head.first().contains(b) ? term.pool.concat(of(head, b), tail) : term.pool.nothing();
    return head.nullable() && tail.first().contains(b)
        ? term.pool.alt(List.of(next, of(tail, b)))
        : next;
  }

  private static Regex ofAnd(Regex term, int b) {
    return term.first().contains(b) ? term.pool.and(each(term.children, b)) : term.pool.nothing();
  }

  private static List<Regex> each(Regex[] children, int b) {
    List<Regex> derived = new ArrayList<>(children.length);
    for (Regex child : children) {
      derived.add(
          child.first().contains(b) || child.kind == Kind.NOT
              ? of(child, b)
              : child.pool.nothing());
    }
    return derived;
  }

  /** Bytes that surely lead where {@code b} leads, {@code b} among them. */
  static ByteSet alike(Regex term, int b) {
    Regex[] children = term.children;
    return switch (term.kind) {
      case BYTES -> term.bytes.contains(b) ? term.bytes : term.bytes.not();
      case EPSILON -> ByteSet.ALL;
      case CONCAT ->
          children[0].nullable()
              ? alike(children[0], b).and(alike(children[1], b))
              : alike(children[0], b);
      case ALT, AND -> alikeInAll(children, b);
      case NOT, REPEAT -> alike(children[0], b);
      case MULTIPLE ->
          Multiples.first(term).contains(b) ? ByteSet.of(b) : Multiples.first(term).not();
    };
  }

  private static ByteSet alikeInAll(Regex[] children, int b) {
    ByteSet result = ByteSet.ALL;
    for (Regex child : children) {
      result = result.and(alike(child, b));
    }
    return result;
  }
}
