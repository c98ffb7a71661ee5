package io.millrace.grammar.pattern;

import io.millrace.grammar.error.UnsupportedGrammarException;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.util.ArrayList;
import java.util.List;

/**
 * Regular expressions as languages of bytes. A part is compiled together with what comes after it,
 * so that a look ahead is an intersection with that.
 */
public final class PatternCompiler {
  private final TextEncoding encoding;
  private final RegexPool pool;

  /** Characters become bytes as {@code encoding} says. */
  public PatternCompiler(TextEncoding encoding) {
    this.encoding = encoding;
    this.pool = encoding.pool();
  }

  /** All texts that the expression describes from beginning to end. */
  public Regex whole(String expression) {
    return compile(PatternParser.parse(expression), pool.epsilon(), true);
  }

  /** All texts in which the expression is found, as JSON Schema's {@code pattern} has it. */
  public Regex search(String expression) {
    Pattern pattern = PatternParser.parse(expression);
    Regex all = encoding.anyText();
    Regex atStart = compile(pattern, all, true);
    if (!pattern.hasStart()) {
      return pool.concat(all, atStart);
    }
    Regex later = compile(pattern, all, false);
    return pool.alt(atStart, pool.concat(List.of(encoding.any(), all, later)));
  }

  private Regex compile(Pattern pattern, Regex rest, boolean atStart) {
    if (pattern instanceof Pattern.Chars chars) {
      return pool.concat(encoding.of(chars.set()), rest);
    }
    if (pattern instanceof Pattern.Sequence sequence) {
      return sequence(sequence.parts(), rest, atStart);
    }
    if (pattern instanceof Pattern.Choice choice) {
      List<Regex> branches = new ArrayList<>();
      choice.branches().forEach(it -> branches.add(compile(it, rest, atStart)));
      return pool.alt(branches);
    }
    if (pattern instanceof Pattern.Repeat repeat) {
      return repeat(repeat, rest, atStart);
    }
    if (pattern instanceof Pattern.Ahead ahead) {
      Regex seen = compile(ahead.part(), encoding.anyText(), atStart);
      return pool.and(ahead.positive() ? seen : pool.not(seen), rest);
    }
    if (pattern instanceof Pattern.Start) {
      return atStart ? rest : pool.nothing();
    }
    return rest.nullable() ? pool.epsilon() : pool.nothing();
  }

  private Regex sequence(List<Pattern> parts, Regex rest, boolean atStart) {
    boolean[] starts = new boolean[parts.size()];
    boolean start = atStart;
    for (int i = 0; i < parts.size(); i++) {
      starts[i] = start;
      Pattern part = parts.get(i);
      boolean mayMove = !part.isAlwaysEmpty();
      if (start && mayMove && part.canBeEmpty() && laterStart(parts, i + 1)) {
        throw new UnsupportedGrammarException(
            "^", "", "after something that may be empty cannot be enforced");
      }
      start &= !mayMove;
    }
    Regex tail = rest;
    for (int i = parts.size() - 1; i >= 0; i--) {
      tail = compile(parts.get(i), tail, starts[i]);
    }
    return tail;
  }

  private static boolean laterStart(List<Pattern> parts, int from) {
    return parts.subList(from, parts.size()).stream().anyMatch(Pattern::hasStart);
  }

  private Regex repeat(Pattern.Repeat repeat, Regex rest, boolean atStart) {
    if (!repeat.part().hasAssertion()) {
      Regex part = compile(repeat.part(), pool.epsilon(), false);
      return pool.concat(pool.repeat(part, repeat.low(), repeat.high()), rest);
    }
    if (repeat.high() != 1) {
      throw new UnsupportedGrammarException(
          "a repeated look ahead or anchor", "", "in a regular expression cannot be enforced");
    }
    Regex once = compile(repeat.part(), rest, atStart);
    return repeat.low() == 1 ? once : pool.alt(once, rest);
  }
}
