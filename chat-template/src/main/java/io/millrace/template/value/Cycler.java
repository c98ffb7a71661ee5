package io.millrace.template.value;

import io.millrace.template.TemplateException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code cycler(...)}: gives its items in turn. */
public final class Cycler implements PyObject {
  private final List<Object> items;
  private int position;

  public Cycler(Arguments arguments) {
    if (arguments.positional().isEmpty() || !arguments.named().isEmpty()) {
      throw new TemplateException("at least one item has to be provided");
    }
    this.items = arguments.positional();
  }

  @Override
  public @Nullable Object attribute(String name) {
    return switch (name) {
      case "current" -> items.get(position);
      case "items" -> Tuple.copyOf(items);
      case "pos" -> (long) position;
      case "next" -> (Callable) (budget, arguments) -> next();
      case "reset" ->
          (Callable)
              (budget, arguments) -> {
                position = 0;
                return None.NONE;
              };
      default -> null;
    };
  }

  private Object next() {
    Object current = items.get(position);
    position = (position + 1) % items.size();
    return current;
  }

  @Override
  public String typeName() {
    return "Cycler";
  }

  @Override
  public String qualifiedName() {
    return "jinja2.utils.Cycler";
  }
}
