package io.millrace.template.expression;

import io.millrace.template.TemplateException;
import io.millrace.template.value.Namespace;
import io.millrace.template.value.Sequences;
import io.millrace.template.value.Types;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The target of an assignment: a name, an attribute of a namespace, or several of these. */
public interface Target {
  /** Refuses what cannot take a value, before the value is known. */
  default void check(Scope scope) {}

  void assign(Scope scope, Object value);

  /** Tells each name that it binds. */
  void names(Consumer<String> each);

  /** A name, or null-free failure for what else an expression may be. */
  static Target of(Expression expression) {
    if (expression instanceof Name name) {
      return new Variable(name.name());
    } else if (expression instanceof NamespaceAttribute attribute) {
      return new Attribute(attribute.namespace(), attribute.attribute());
    } else if (expression instanceof Collection collection && collection.isTuple()) {
      List<Target> parts = new ArrayList<>();
      collection.items().forEach(item -> parts.add(of(item)));
      return new Several(parts);
    }
    throw new TemplateException(
        "can't assign to '" + expression.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "'");
  }

  /** A variable of the innermost scope. */
  record Variable(String name) implements Target {
    @Override
    public void assign(Scope scope, Object value) {
      scope.assign(name, value);
    }

    @Override
    public void names(Consumer<String> each) {
      each.accept(name);
    }
  }

  /** {@code namespace.attribute}. */
  record Attribute(String namespace, String attribute) implements Target {
    @Override
    public void check(Scope scope) {
      if (!(scope.lookup(namespace) instanceof Namespace)) {
        throw new TemplateException("cannot assign attribute on non-namespace object");
      }
    }

    @Override
    public void assign(Scope scope, Object value) {
      if (scope.lookup(namespace) instanceof Namespace found) {
        found.set(attribute, value);
      } else {
        throw new TemplateException("cannot assign attribute on non-namespace object");
      }
    }

    @Override
    public void names(Consumer<String> each) {}
  }

  /** {@code a, b}: one for each element. */
  record Several(List<Target> parts) implements Target {
    @Override
    public void check(Scope scope) {
      parts.forEach(part -> part.check(scope));
    }

    @Override
    public void assign(Scope scope, Object value) {
      if (!Sequences.isIterable(value)) {
        throw new TemplateException("cannot unpack non-iterable " + Types.name(value) + " object");
      }
      List<Object> elements = new ArrayList<>(parts.size());
      Iterator<Object> each = Sequences.iterate(value, scope.budget());
      while (elements.size() < parts.size() && each.hasNext()) {
        elements.add(each.next());
      }
      if (elements.size() < parts.size()) {
        throw new TemplateException(
            "not enough values to unpack (expected %d, got %d)"
                .formatted(parts.size(), elements.size()));
      } else if (each.hasNext()) {
        throw new TemplateException(
            "too many values to unpack (expected %d)".formatted(parts.size()));
      }
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).assign(scope, elements.get(i));
      }
    }

    @Override
    public void names(Consumer<String> each) {
      parts.forEach(part -> part.names(each));
    }
  }
}
