package io.millrace.template.expression;

import io.millrace.template.value.Access;

/** {@code owner.name}. */
final class AttributeAccess extends Expression {
  private final Expression owner;
  private final String name;

  AttributeAccess(Expression owner, String name) {
    super(owner);
    this.owner = owner;
    this.name = name;
  }

  @Override
  protected Object value(Scope scope) {
    return Access.attribute(owner.evaluate(scope), name);
  }
}
