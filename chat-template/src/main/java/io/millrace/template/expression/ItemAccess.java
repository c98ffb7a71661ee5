package io.millrace.template.expression;

import io.millrace.template.value.Access;

/** {@code owner[key]}. */
final class ItemAccess extends Expression {
  private final Expression owner;
  private final Expression key;

  ItemAccess(Expression owner, Expression key) {
    super(owner, key);
    this.owner = owner;
    this.key = key;
  }

  @Override
  protected Object value(Scope scope) {
    Object value = owner.evaluate(scope);
    return Access.item(value, key.evaluate(scope), scope.budget());
  }
}
