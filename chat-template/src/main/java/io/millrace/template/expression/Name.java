package io.millrace.template.expression;

import io.millrace.template.value.Undefined;

/** A variable. */
final class Name extends Expression {
  private final String name;

  Name(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  @Override
  protected Object value(Scope scope) {
    Object value = scope.lookup(name);
    return value == null ? Undefined.name(name) : value;
  }
}
