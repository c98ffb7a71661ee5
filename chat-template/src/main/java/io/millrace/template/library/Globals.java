package io.millrace.template.library;

import io.millrace.template.TemplateException;
import io.millrace.template.value.Callable;
import io.millrace.template.value.Cycler;
import io.millrace.template.value.Dicts;
import io.millrace.template.value.Joiner;
import io.millrace.template.value.Namespace;
import io.millrace.template.value.None;
import io.millrace.template.value.Range;
import io.millrace.template.value.Strftime;
import io.millrace.template.value.Text;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The functions that every template has (jinja2.defaults, and those of transformers). */
public final class Globals {
  private static final Map<String, Object> FUNCTIONS = new HashMap<>();

  static {
    register("dict", (budget, arguments) -> Dicts.of(arguments, budget));
    register("namespace", (budget, arguments) -> Namespace.of(arguments, budget));
    register("cycler", (budget, arguments) -> new Cycler(arguments));
    register("joiner", (budget, arguments) -> new Joiner(arguments));
    register(
        "range",
        (budget, arguments) -> {
          if (!arguments.named().isEmpty()) {
            throw new TemplateException("range() takes no keyword arguments");
          }
          return Range.of(arguments.positional());
        });
    register(
        "raise_exception",
        (budget, arguments) -> {
          Object message = arguments.bind("raise_exception", "message").get(0);
          throw TemplateException.raised(message == None.NONE ? "None" : Text.str(message, budget));
        });
  }

  private Globals() {}

  private static void register(String name, Callable function) {
    FUNCTIONS.put(name, function);
  }

  /**
   * All of them.
   *
   * @param clock what {@code strftime_now} shows
   */
  public static Map<String, Object> at(Supplier<LocalDateTime> clock) {
    Map<String, Object> functions = new HashMap<>(FUNCTIONS);
    functions.put(
        "strftime_now",
        (Callable)
            (budget, arguments) ->
                Strftime.format(clock.get(), arguments.bind("strftime_now", "format").string(0)));
    return functions;
  }
}
