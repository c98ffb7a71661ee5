package io.millrace.template.expression;

/** {@code namespace.attribute} where it is assigned to; it has no value there. */
final class NamespaceAttribute extends Expression {
  private final String namespace;
  private final String attribute;

  NamespaceAttribute(String namespace, String attribute) {
    this.namespace = namespace;
    this.attribute = attribute;
  }

  String namespace() {
    return namespace;
  }

  String attribute() {
    return attribute;
  }

  @Override
  protected Object value(Scope scope) {
    throw new IllegalStateException("an assignment target has no value");
  }
}
