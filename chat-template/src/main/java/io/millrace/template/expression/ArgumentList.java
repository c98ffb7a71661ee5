package io.millrace.template.expression;

import io.millrace.template.TemplateException;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Dict;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Strings;
import io.millrace.template.value.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments in the text of a call.
 *
 * @param spread what {@code *} unpacks
 * @param named by name, each once
 * @param namedSpread what {@code **} unpacks
 */
record ArgumentList(
    List<Expression> positional,
    @Nullable Expression spread,
    Map<String, Expression> named,
    @Nullable Expression namedSpread) {
  static final ArgumentList NONE = new ArgumentList(List.of(), null, Map.of(), null);

  static ArgumentList of(Expression argument) {
    return new ArgumentList(List.of(argument), null, Map.of(), null);
  }

  /** All expressions, for their depth. */
  List<Expression> expressions(Expression callee) {
    List<Expression> all = new ArrayList<>(positional);
    all.add(callee);
    all.addAll(named.values());
    if (spread != null) {
      all.add(spread);
    }
    if (namedSpread != null) {
      all.add(namedSpread);
    }
    return all;
  }

  Arguments evaluate(Scope scope) {
    if (positional.isEmpty() && named.isEmpty() && spread == null && namedSpread == null) {
      return Arguments.NONE;
    }
    List<Object> values = new ArrayList<>(positional.size());
    for (Expression argument : positional) {
      values.add(argument.evaluate(scope));
    }
    if (spread != null) {
      values.addAll(Sequences.list(spread.evaluate(scope), scope.budget()));
    }
    return new Arguments(values, namedValues(scope));
  }

  private Map<String, Object> namedValues(Scope scope) {
    if (named.isEmpty() && namedSpread == null) {
      return Map.of();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    named.forEach((name, argument) -> values.put(name, argument.evaluate(scope)));
    if (namedSpread != null) {
      unpack(namedSpread.evaluate(scope), values, scope);
    }
    return values;
  }

  private static void unpack(Object mapping, Map<String, Object> values, Scope scope) {
    if (!(mapping instanceof Dict dict)) {
      throw new TemplateException(
          "argument after ** must be a mapping, not " + Types.name(mapping));
    }
    for (Object key : dict.keys()) {
      Object value = dict.get(key, scope.budget());
      if (!Strings.isString(key) || value == null) {
        throw new TemplateException("keywords must be strings");
      }
      if (values.put(Strings.content(key), value) != null) {
        throw new TemplateException(
            "got multiple values for keyword argument '" + Strings.content(key) + "'");
      }
    }
  }
}
