package io.millrace.grammar.schema;

import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.error.GrammarLimitException;
import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsupportedGrammarException;
import io.millrace.grammar.json.NumberText;
import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.pattern.PatternCompiler;
import io.millrace.grammar.regex.Regex;
import io.millrace.grammar.regex.RegexPool;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The keywords about types, single values, numbers and strings. */
final class ScalarKeywords {
  private static final int MOST_LENGTH = 1_000_000;
  private static final int MOST_DIVISOR = 100_000;

  private final Formulas formulas;
  private final RegexPool pool;
  private final JsonStringEncoding encoding;
  private final PatternCompiler patterns;
  private final Formula.Whole whole = new Formula.Whole();

  ScalarKeywords(Formulas formulas, RegexPool pool, JsonStringEncoding encoding) {
    this.formulas = formulas;
    this.pool = pool;
    this.encoding = encoding;
    this.patterns = new PatternCompiler(encoding);
  }

  Formula read(String keyword, JsonNode value, JsonNode schema, String pointer) {
    return switch (keyword) {
      case "type" -> types(value, pointer);
      case "enum" -> enumeration(value, pointer);
      case "const" -> constant(value);
      case "minimum" -> bound(keyword, value, schema.path("exclusiveMinimum"), pointer);
      case "maximum" -> bound(keyword, value, schema.path("exclusiveMaximum"), pointer);
      case "exclusiveMinimum", "exclusiveMaximum" -> exclusive(keyword, value, pointer);
      case "multipleOf" -> multiple(value, pointer);
      case "minLength" -> length(keyword, value, pointer);
      case "maxLength" -> length(keyword, value, pointer);
      case "pattern" -> pattern(value, pointer);
      default -> format(value, pointer);
    };
  }

  private Formula types(JsonNode value, String pointer) {
    if (!value.isArray()) {
      return type(value, pointer);
    }
    List<Formula> types = new ArrayList<>();
    value.forEach(it -> types.add(type(it, pointer)));
    return formulas.or(types);
  }

  private Formula type(JsonNode value, String pointer) {
    return switch (value.isString() ? value.stringValue() : "") {
      case "null" -> formulas.ofType(JsonType.NULL);
      case "boolean" ->
          formulas.or(List.of(formulas.ofType(JsonType.TRUE), formulas.ofType(JsonType.FALSE)));
      case "number" -> formulas.ofType(JsonType.NUMBER);
      case "integer" -> formulas.and(formulas.ofType(JsonType.NUMBER), whole);
      case "string" -> formulas.ofType(JsonType.STRING);
      case "object" -> formulas.ofType(JsonType.OBJECT);
      case "array" -> formulas.ofType(JsonType.ARRAY);
      default ->
          throw new GrammarSyntaxException(
              "type at '%s' is %s, which is none of JSON Schema's"
                  .formatted(pointer, GrammarException.excerpt(value.toString())));
    };
  }

  private Formula enumeration(JsonNode value, String pointer) {
    if (!value.isArray()) {
      throw new GrammarSyntaxException("enum at '%s' must be a list".formatted(pointer));
    }
    List<Formula> values = new ArrayList<>();
    List<byte[]> strings = new ArrayList<>();
    for (JsonNode each : value) {
      if (each.isString()) {
        strings.add(JsonStringEncoding.bytes(each.stringValue()));
      } else {
        values.add(constant(each));
      }
    }
    if (!strings.isEmpty()) {
      values.add(
          formulas.and(formulas.ofType(JsonType.STRING), new Formula.Text(pool.literals(strings))));
    }
    return formulas.or(values);
  }

  Formula constant(JsonNode value) {
    if (value.isObject()) {
      return constantObject(value);
    }
    if (!value.isArray()) {
      return new Formula.Literal(value);
    }
    List<Formula> parts = new ArrayList<>();
    parts.add(formulas.ofType(JsonType.ARRAY));
    for (int i = 0; i < value.size(); i++) {
      parts.add(new Formula.Items(i, i + 1, constant(value.get(i))));
    }
    parts.add(new Formula.MinItems(value.size()));
    parts.add(formulas.not(new Formula.MinItems(value.size() + 1)));
    return formulas.and(parts);
  }

  private Formula constantObject(JsonNode value) {
    List<Formula> parts = new ArrayList<>();
    parts.add(formulas.ofType(JsonType.OBJECT));
    Set<String> names = new LinkedHashSet<>();
    value
        .properties()
        .forEach(
            it -> {
              Keys.Named key = new Keys.Named(it.getKey());
              names.add(it.getKey());
              parts.add(new Formula.Members(key, constant(it.getValue())));
              parts.add(formulas.not(new Formula.Members(key, Formula.Constant.FALSE)));
            });
    parts.add(new Formula.Members(new Keys.Others(names, List.of()), Formula.Constant.FALSE));
    return formulas.and(parts);
  }

  /** Draft 4 says whether a bound is exclusive by a boolean beside it. */
  private Formula bound(String keyword, JsonNode value, JsonNode exclusive, String pointer) {
    BigDecimal number = comparable(Numbers.number(value, keyword, pointer), keyword, pointer);
    boolean strict = exclusive.isBoolean() && exclusive.booleanValue();
    return new Formula.Bound(number, keyword.equals("minimum"), strict);
  }

  private Formula exclusive(String keyword, JsonNode value, String pointer) {
    if (value.isBoolean()) {
      return Formula.Constant.TRUE;
    }
    BigDecimal number = comparable(Numbers.number(value, keyword, pointer), keyword, pointer);
    return new Formula.Bound(number, keyword.equals("exclusiveMinimum"), true);
  }

  private static BigDecimal comparable(BigDecimal number, String keyword, String pointer) {
    if (!NumberText.isComparable(number)) {
      throw new UnsupportedGrammarException(keyword, pointer, "has too many digits");
    }
    return number;
  }

  private static Formula multiple(JsonNode value, String pointer) {
    BigDecimal divisor = Numbers.number(value, "multipleOf", pointer).stripTrailingZeros();
    if (divisor.signum() <= 0) {
      throw new GrammarSyntaxException("multipleOf at '%s' must be above 0".formatted(pointer));
    }
    BigDecimal most = BigDecimal.valueOf(MOST_DIVISOR);
    if (divisor.scale() > 30
        || divisor.compareTo(most) > 0
        || new BigDecimal(divisor.unscaledValue()).compareTo(most) > 0) {
      throw new UnsupportedGrammarException("multipleOf", pointer, "has too many digits");
    }
    return new Formula.MultipleOf(divisor);
  }

  private Formula length(String keyword, JsonNode value, String pointer) {
    int count = Numbers.count(value, keyword, pointer);
    if (keyword.equals("minLength") && count > MOST_LENGTH) {
      throw new GrammarLimitException("minLength at " + pointer, MOST_LENGTH, "characters");
    }
    boolean min = keyword.equals("minLength");
    return min && count == 0
        ? Formula.Constant.TRUE
        : new Formula.Text(
            pool.repeat(encoding.any(), min ? count : 0, min ? Regex.UNBOUNDED : count));
  }

  private Formula pattern(JsonNode value, String pointer) {
    if (!value.isString()) {
      throw new GrammarSyntaxException("pattern at '%s' must be a string".formatted(pointer));
    }
    return new Formula.Text(search(value.stringValue(), "pattern", pointer));
  }

  /** The language of an expression, whose refusal says where it stands. */
  Regex search(String expression, String keyword, String pointer) {
    try {
      return patterns.search(expression);
    } catch (UnsupportedGrammarException e) {
      throw new UnsupportedGrammarException(
          keyword, pointer, "has %s, which cannot be enforced".formatted(e.keyword()));
    }
  }

  /** A format that neither JSON Schema nor OpenAPI defines says nothing, as JSON Schema has it. */
  private Formula format(JsonNode value, String pointer) {
    String name = value.isString() ? value.stringValue() : "";
    String expression = Formats.expression(name);
    if (expression != null) {
      return new Formula.Text(patterns.whole(expression));
    }
    return switch (name) {
      case "regex", "idn-hostname", "idn-email", "uri-template" ->
          throw new UnsupportedGrammarException(
              "format", pointer, "is %s, which cannot be enforced".formatted(name));
      case "int32" ->
          whole(BigDecimal.valueOf(Integer.MIN_VALUE), BigDecimal.valueOf(Integer.MAX_VALUE));
      case "int64" -> whole(BigDecimal.valueOf(Long.MIN_VALUE), BigDecimal.valueOf(Long.MAX_VALUE));
      default -> Formula.Constant.TRUE;
    };
  }

  private Formula whole(BigDecimal low, BigDecimal high) {
    return formulas.and(
        List.of(whole, new Formula.Bound(low, true, false), new Formula.Bound(high, false, false)));
  }
}
