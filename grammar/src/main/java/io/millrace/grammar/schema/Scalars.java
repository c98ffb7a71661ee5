package io.millrace.grammar.schema;

import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.json.JsonLexemes;
import io.millrace.grammar.json.NumberText;
import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The words that satisfy a formula: null, true, false, numbers and strings, each kind as one
 * regular language.
 */
final class Scalars {
  private final JsonLexemes lexemes;
  private final RegexPool pool;
  private final NumberText numbers;
  private final JsonStringEncoding encoding;
  private final boolean forAnswers;
  private final Set<Formula> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Exclusion exclusion;
  private final Regex anyString;

  /**
   * @param forAnswers whether numbers are to be of a length that somebody would write
   */
  Scalars(JsonLexemes lexemes, JsonStringEncoding encoding, Formulas formulas, boolean forAnswers) {
    this.forAnswers = forAnswers;
    this.lexemes = lexemes;
    this.pool = lexemes.pool();
    this.numbers = lexemes.numbers();
    this.encoding = encoding;
    this.anyString = JsonStringEncoding.anyInside(pool);
    this.exclusion = new Exclusion(formulas, (formula, type) -> of(formula, type).isEmpty());
  }

  /** All words of all types that satisfy the formula. */
  Regex of(Formula formula) {
    List<Regex> kinds = new ArrayList<>();
    for (JsonType type : JsonType.values()) {
      if (type != JsonType.OBJECT && type != JsonType.ARRAY) {
        kinds.add(of(formula, type));
      }
    }
    return pool.alt(kinds);
  }

  /** All words of a type that satisfy the formula. */
  Regex of(Formula formula, JsonType type) {
    Regex language = language(formula, type, true);
    Regex words =
        switch (type) {
          case NULL -> pool.and(language, pool.literal("null"));
          case TRUE -> pool.and(language, pool.literal("true"));
          case FALSE -> pool.and(language, pool.literal("false"));
          case NUMBER -> number(language == pool.everything() ? numbers.any() : language);
          case STRING -> lexemes.string(inside(language));
          default -> pool.nothing();
        };
    return words.isEmpty() ? pool.nothing() : words;
  }

  private Regex number(Regex words) {
    return forAnswers ? numbers.bounded(words) : words;
  }

  /** What may stand between the quotes of a string that satisfies the formula. */
  Regex inside(Formula formula) {
    Regex language = language(formula, JsonType.STRING, true);
    return language == pool.everything() ? encoding.anyText() : inside(language);
  }

  private Regex inside(Regex language) {
    return language == pool.everything()
        ? anyString
        : language.isPlain() ? language : pool.and(language, encoding.anyText());
  }

  private Regex language(Formula formula, JsonType type, boolean positive) {
    if (formula instanceof Formula.Constant) {
      return when((formula == Formula.Constant.TRUE) == positive);
    }
    if (formula instanceof Formula.And and) {
      return join(and.parts, type, positive, positive);
    }
    if (formula instanceof Formula.Or or) {
      return join(or.parts, type, positive, !positive);
    }
    if (formula instanceof Formula.Not not) {
      return language(not.inner, type, !positive);
    }
    if (formula instanceof Formula.OneOf oneOf) {
      return language(exclusion.expand(oneOf, type, positive), type, true);
    }
    if (formula instanceof Formula.Reference reference) {
      return follow(reference, type, positive);
    }
    if (formula instanceof Formula.OfType ofType) {
      return when((ofType.type == type) == positive);
    }
    if (formula instanceof Formula.Literal literal) {
      return literal(literal.value, type, positive);
    }
    Formula.Atom atom = (Formula.Atom) formula;
    return atom.type == type ? atom(atom, positive) : when(positive);
  }

  private Regex join(List<Formula> parts, JsonType type, boolean positive, boolean all) {
    List<Regex> languages = new ArrayList<>(parts.size());
    for (Formula part : parts) {
      languages.add(language(part, type, positive));
    }
    return all ? pool.and(languages) : pool.alt(languages);
  }

  private Regex follow(Formula.Reference reference, JsonType type, boolean positive) {
    if (!open.add(reference)) {
      throw new GrammarSyntaxException(
          "$ref '%s' leads back to itself".formatted(reference.pointer));
    }
    Regex target = language(reference.target, type, positive);
    open.remove(reference);
    return target;
  }

  private Regex when(boolean satisfied) {
    return satisfied ? pool.everything() : pool.nothing();
  }

  private Regex literal(JsonNode value, JsonType type, boolean positive) {
    if (value.isString() && type == JsonType.STRING) {
      Regex text = pool.literal(JsonStringEncoding.bytes(value.stringValue()));
      return positive ? text : pool.not(text);
    }
    if (value.isNumber() && type == JsonType.NUMBER) {
      return number(value, positive);
    }
    boolean same =
        value.isNull() && type == JsonType.NULL
            || value.isBoolean() && type == (value.booleanValue() ? JsonType.TRUE : JsonType.FALSE);
    return when(same == positive);
  }

  /** A number is written as the schema writes it, or plainly. */
  private Regex number(JsonNode value, boolean positive) {
    BigDecimal number = value.decimalValue();
    if (!positive) {
      return pool.minus(numbers.decimal(), numbers.equal(number));
    }
    BigDecimal stripped = number.stripTrailingZeros();
    List<Regex> ways = new ArrayList<>();
    ways.add(pool.literal(value.toString()));
    if (NumberText.isComparable(number)) {
      ways.add(pool.literal(stripped.signum() == 0 ? "0" : stripped.toPlainString()));
      ways.add(pool.literal(number.toPlainString()));
    }
    return pool.alt(ways);
  }

  private Regex atom(Formula.Atom atom, boolean positive) {
    if (atom instanceof Formula.Text text) {
      return positive ? text.inside : pool.not(text.inside);
    }
    if (atom instanceof Formula.Whole) {
      return positive ? numbers.integer() : numbers.notWhole();
    }
    if (atom instanceof Formula.MultipleOf multiple) {
      Regex multiples = numbers.multiples(multiple.divisor);
      return positive ? multiples : pool.minus(numbers.decimal(), multiples);
    }
    Formula.Bound bound = (Formula.Bound) atom;
    return bound.lower == positive
        ? numbers.atLeast(bound.value, bound.exclusive == positive)
        : numbers.atMost(bound.value, bound.exclusive == positive);
  }
}
