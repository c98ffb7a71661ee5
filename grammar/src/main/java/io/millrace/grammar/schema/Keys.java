package io.millrace.grammar.schema;

import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.regex.Regex;
import java.util.List;
import java.util.Set;

/** Which members of an object a condition is about. */
sealed interface Keys {
  /** Whether it is about this key. */
  boolean has(String key);

  /** The expressions that tell keys apart, besides names. */
  List<Regex> patterns();

  /**
   * Whether it is about keys that nobody names and that match these expressions and no other.
   *
   * @param matched of all expressions
   */
  boolean hasUnnamed(Set<Regex> matched);

  /** One key. */
  record Named(String name) implements Keys {
    @Override
    public boolean has(String key) {
      return name.equals(key);
    }

    @Override
    public List<Regex> patterns() {
      return List.of();
    }

    @Override
    public boolean hasUnnamed(Set<Regex> matched) {
      return false;
    }
  }

  /** All keys that match an expression, which is about what stands between the quotes. */
  record Matching(Regex inside) implements Keys {
    @Override
    public boolean has(String key) {
      return inside.matches(JsonStringEncoding.bytes(key));
    }

    @Override
    public List<Regex> patterns() {
      return List.of(inside);
    }

    @Override
    public boolean hasUnnamed(Set<Regex> matched) {
      return matched.contains(inside);
    }
  }

  /** All keys that neither have these names nor match these expressions. */
  record Others(Set<String> names, List<Regex> patterns) implements Keys {
    @Override
    public boolean has(String key) {
      byte[] bytes = JsonStringEncoding.bytes(key);
      return !names.contains(key) && patterns.stream().noneMatch(it -> it.matches(bytes));
    }

    @Override
    public boolean hasUnnamed(Set<Regex> matched) {
      return patterns.stream().noneMatch(matched::contains);
    }
  }
}
