package io.millrace.template.tag;

import io.millrace.template.TemplateException;
import io.millrace.template.expression.Expression;
import io.millrace.template.expression.Scope;
import io.millrace.template.limit.Budget;
import io.millrace.template.tree.Output;
import io.millrace.template.value.Arguments;
import io.millrace.template.value.Callable;
import io.millrace.template.value.Dict;
import io.millrace.template.value.None;
import io.millrace.template.value.Tuple;
import io.millrace.template.value.Undefined;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A macro with the variables around it, ready to be called (jinja2.runtime.Macro). */
final class Macro implements Callable {
  private final MacroDefinition definition;
  private final Scope closure;

  Macro(MacroDefinition definition, Scope closure) {
    this.definition = definition;
    this.closure = closure;
  }

  @Override
  public Object call(Budget budget, Arguments arguments) {
    budget.enter(definition.levels());
    Scope scope = definition.body().enter(closure);
    bind(arguments, scope);
    Output output = new Output(budget);
    definition.body().block().run(scope, output);
    budget.leave(definition.levels());
    return output.toString();
  }

  private void bind(Arguments arguments, Scope scope) {
    List<Object> positional = arguments.positional();
    Map<String, Object> named = new LinkedHashMap<>(arguments.named());
    List<MacroDefinition.Parameter> parameters = definition.parameters();
    boolean callerGiven =
        positional.size() >= parameters.size() && definition.hasParameter("caller");
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      Object value = i < positional.size() ? positional.get(i) : named.remove(name);
      callerGiven |= i >= positional.size() && name.equals("caller");
      scope.assign(name, value == null ? defaultValue(parameters.get(i), scope) : value);
    }
    if (definition.reads("caller") && !callerGiven) {
      Object caller = named.remove("caller");
      scope.assign("caller", caller == null ? Undefined.because("No caller defined") : caller);
    }
    bindRest(positional, named, scope);
  }

  private static Object defaultValue(MacroDefinition.Parameter parameter, Scope scope) {
    Expression expression = parameter.defaultValue();
    return expression == null
        ? Undefined.because("parameter '" + parameter.name() + "' was not provided")
        : expression.evaluate(scope);
  }

  private void bindRest(List<Object> positional, Map<String, Object> named, Scope scope) {
    if (definition.reads("kwargs")) {
      Dict kwargs = new Dict();
      named.forEach((name, value) -> kwargs.put(name, value, scope.budget()));
      scope.assign("kwargs", kwargs);
    } else if (named.containsKey("caller")) {
      throw new TemplateException(
          "macro '%s' was invoked with two values for the special caller argument. This is most likely a bug."
              .formatted(definition.name()));
    } else if (!named.isEmpty()) {
      throw new TemplateException(
          "macro '%s' takes no keyword argument '%s'"
              .formatted(definition.name(), named.keySet().iterator().next()));
    }
    int count = definition.parameters().size();
    if (definition.reads("varargs")) {
      List<Object> rest =
          positional.size() > count ? positional.subList(count, positional.size()) : List.of();
      scope.assign("varargs", Tuple.copyOf(rest));
    } else if (positional.size() > count) {
      throw new TemplateException(
          "macro '%s' takes not more than %d argument(s)".formatted(definition.name(), count));
    }
  }

  @Override
  public @Nullable Object attribute(String name) {
    return switch (name) {
      case "name" -> definition.name().isEmpty() ? None.NONE : definition.name();
      case "arguments" ->
          Tuple.of(definition.parameters().stream().map(MacroDefinition.Parameter::name).toArray());
      case "caller" -> definition.reads("caller");
      case "catch_kwargs" -> definition.reads("kwargs");
      case "catch_varargs" -> definition.reads("varargs");
      default -> null;
    };
  }

  @Override
  public String typeName() {
    return "Macro";
  }

  @Override
  public String qualifiedName() {
    return "jinja2.runtime.Macro";
  }

  @Override
  public String representation() {
    return definition.name().isEmpty()
        ? "<Macro anonymous>"
        : "<Macro '" + definition.name() + "'>";
  }
}
