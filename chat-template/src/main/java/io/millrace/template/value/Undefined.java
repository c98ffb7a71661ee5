package io.millrace.template.value;

import io.millrace.template.TemplateException;

/**
 * The value of a name or attribute that does not exist (jinja2.runtime.Undefined): it prints as
 * nothing, is empty and false, and any other use of it is an error that says what was missing.
 */
public final class Undefined {
  private final String message;

  private Undefined(String message) {
    this.message = message;
  }

  public static Undefined because(String message) {
    return new Undefined(message);
  }

  public static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  /** An attribute or element that a value does not have. */
  public static Undefined element(Object owner, Object key) {
    String type = owner == None.NONE ? "None" : Types.qualifiedName(owner) + " object";
    if (key instanceof String name) {
      return new Undefined("'%s' has no attribute '%s'".formatted(type, name));
    }
    return new Undefined(type + " has no element " + Types.brief(key));
  }

  /** An attribute that the sandbox keeps from templates. */
  public static Undefined unsafe(Object owner, String attribute) {
    return new Undefined(
        "access to attribute '%s' of '%s' object is unsafe."
            .formatted(attribute, Types.name(owner)));
  }

  public TemplateException failure() {
    return new TemplateException(message);
  }

  /** Lets a value through, unless it is undefined. */
  public static Object require(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return value;
  }
}
