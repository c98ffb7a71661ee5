package io.millrace.template.value;

import io.millrace.template.limit.Budget;
import org.jspecify.annotations.Nullable;

/** {@code joiner(sep)}: nothing at its first call, the separator from then on. */
public final class Joiner implements Callable {
  private final Object separator;
  private boolean used;

  public Joiner(Arguments arguments) {
    this.separator = arguments.bind("joiner", "sep?").get(0, ", ");
  }

  @Override
  public Object call(Budget budget, Arguments arguments) {
    Object result = used ? separator : "";
    used = true;
    return result;
  }

  @Override
  public @Nullable Object attribute(String name) {
    return switch (name) {
      case "sep" -> separator;
      case "used" -> used;
      default -> null;
    };
  }

  @Override
  public String typeName() {
    return "Joiner";
  }

  @Override
  public String qualifiedName() {
    return "jinja2.utils.Joiner";
  }
}
