package io.millrace.template.tag;

import io.millrace.template.expression.Scope;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names in a stretch of a template that has a scope of its own (jinja2.idtracking). A name that
 * such a stretch assigns before it reads it is its own from the start: loops and macros in it never
 * see a variable of that name that the conversation brought along.
 */
final class Frame {
  private final @Nullable Frame parent;
  private final Set<String> names = new HashSet<>();
  private final Set<String> assignedFirst = new HashSet<>();
  private Set<String> own = Set.of();

  Frame(@Nullable Frame parent) {
    this.parent = parent;
  }

  void read(String name) {
    names.add(name);
  }

  void parameter(String name) {
    names.add(name);
  }

  void assign(String name, boolean conditional) {
    if (names.add(name) && !conditional) {
      assignedFirst.add(name);
    }
  }

  /**
   * To be called once the whole template is parsed, since frames around may come to know a name.
   */
  void seal() {
    Set<String> hiding = new HashSet<>(assignedFirst);
    for (Frame around = parent; around != null; around = around.parent) {
      hiding.removeAll(around.names);
    }
    own = Set.copyOf(hiding);
  }

  /** A scope for this stretch within another. */
  Scope enter(Scope scope) {
    Scope inner = scope.inner();
    own.forEach(inner::unset);
    return inner;
  }
}
