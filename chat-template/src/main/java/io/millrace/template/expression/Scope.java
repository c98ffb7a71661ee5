package io.millrace.template.expression;

import io.millrace.template.limit.Budget;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables that a statement sees: its own, then those around it. Loop bodies, macros and
 * captured blocks have a scope each; {@code if} has none.
 */
public final class Scope {
  private static final Object UNSET = new Object();

  private final @Nullable Scope parent;
  private final Budget budget;
  private final Map<String, Object> variables;

  private Scope(@Nullable Scope parent, Budget budget, Map<String, Object> variables) {
    this.parent = parent;
    this.budget = budget;
    this.variables = variables;
  }

  /** The outermost scope; the map is taken over. */
  public static Scope root(Budget budget, Map<String, Object> variables) {
    return new Scope(null, budget, variables);
  }

  /** A scope within this one. */
  public Scope inner() {
    return new Scope(this, budget, new HashMap<>(8));
  }

  /** The template's own scope, which lies within that of the conversation. */
  public Scope ofTemplate() {
    Scope scope = this;
    while (scope.parent != null && scope.parent.parent != null) {
      scope = scope.parent;
    }
    return scope;
  }

  public @Nullable Object lookup(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Object value = scope.variables.get(name);
      if (value != null) {
        return value == UNSET ? null : value;
      }
    }
    return null;
  }

  /** Makes a name undefined here, whatever it is around. */
  public void unset(String name) {
    variables.put(name, UNSET);
  }

  public void assign(String name, Object value) {
    variables.put(name, value);
  }

  public Budget budget() {
    return budget;
  }
}
