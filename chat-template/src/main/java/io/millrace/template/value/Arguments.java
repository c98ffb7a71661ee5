package io.millrace.template.value;

import io.millrace.template.TemplateException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call: by position, and by name. */
public record Arguments(List<Object> positional, Map<String, Object> named) {
  public static final Arguments NONE = new Arguments(List.of(), Map.of());

  public static Arguments of(Object... positional) {
    return new Arguments(List.of(positional), Map.of());
  }

  /**
   * Gives each parameter its argument, as Python does.
   *
   * @param function the name for error messages
   * @param parameters their names in order; one that ends in {@code ?} may be left out
   */
  public Bound bind(String function, String... parameters) {
    @Nullable Object[] values = new @Nullable Object[parameters.length];
    if (positional.size() > parameters.length) {
      throw new TemplateException(
          "%s() takes at most %d arguments (%d given)"
              .formatted(function, parameters.length, positional.size()));
    }
    for (int i = 0; i < positional.size(); i++) {
      values[i] = positional.get(i);
    }
    named.forEach((name, value) -> values[place(function, parameters, name, values)] = value);
    for (int i = 0; i < parameters.length; i++) {
      if (values[i] == null && !parameters[i].endsWith("?")) {
        throw new TemplateException(
            "%s() missing 1 required argument: '%s'".formatted(function, parameters[i]));
      }
    }
    return new Bound(function, parameters, values);
  }

  private static int place(
      String function, String[] parameters, String name, @Nullable Object[] taken) {
    for (int i = 0; i < parameters.length; i++) {
      if (name.equals(plain(parameters[i]))) {
        if (taken[i] != null) {
          throw new TemplateException(
              "%s() got multiple values for argument '%s'".formatted(function, name));
        }
        return i;
      }
    }
    throw new TemplateException(
        "%s() got an unexpected keyword argument '%s'".formatted(function, name));
  }

  private static String plain(String parameter) {
    return parameter.endsWith("?") ? parameter.substring(0, parameter.length() - 1) : parameter;
  }

  /** The same call with one more argument in front. */
  public Arguments withoutFirst() {
    return new Arguments(positional.subList(1, positional.size()), named);
  }

  /** Arguments in the order of their parameters. */
  public static final class Bound {
    private final String function;
    private final String[] parameters;
    private final @Nullable Object[] values;

    private Bound(String function, String[] parameters, @Nullable Object[] values) {
      this.function = function;
      this.parameters = parameters;
      this.values = values;
    }

    public boolean has(int index) {
      return values[index] != null;
    }

    public Object get(int index) {
      Object value = values[index];
      if (value == null) {
        throw new IllegalStateException(
            "no argument %d of %s%s".formatted(index, function, Arrays.toString(parameters)));
      }
      return value;
    }

    public Object get(int index, Object otherwise) {
      Object value = values[index];
      return value == null ? otherwise : value;
    }

    public boolean truth(int index, boolean otherwise) {
      Object value = values[index];
      return value == null ? otherwise : Truth.of(value);
    }

    /** A whole number that fits an int; larger ones are cut to its range. */
    public int integer(int index, int otherwise) {
      Object value = values[index];
      return value == null ? otherwise : Numbers.index(value);
    }

    public String string(int index) {
      Object value = get(index);
      if (Strings.isString(value)) {
        return Strings.content(value);
      }
      Undefined.require(value);
      throw new TemplateException(
          "%s() argument '%s' must be str, not %s"
              .formatted(function, plain(parameters[index]), Types.name(value)));
    }

    /** A string, or {@code otherwise} where it is absent or None. */
    public @Nullable String string(int index, @Nullable String otherwise) {
      Object value = values[index];
      return value == null || value == None.NONE ? otherwise : string(index);
    }
  }
}
