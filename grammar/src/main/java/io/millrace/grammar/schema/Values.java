package io.millrace.grammar.schema;

import io.millrace.grammar.limit.Budget;
import io.millrace.grammar.regex.Regex;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What may stand where a formula holds: words, shapes of objects, shapes of arrays. */
final class Values {
  /** All that a formula allows. */
  record Forms(Regex scalars, List<ObjectShape> objects, List<ArrayShape> arrays) {}

  private final Scalars scalars;
  private final Shapes shapes;
  private final Alternatives objects;
  private final Alternatives arrays;
  private final Budget budget;
  private final Map<Formula, Forms> known = new IdentityHashMap<>();
  private final Map<Formula, Map<JsonType, Boolean>> impossible = new IdentityHashMap<>();

  Values(Formulas formulas, Shapes shapes, Scalars scalars, Budget budget) {
    this.budget = budget;
    this.scalars = scalars;
    this.shapes = shapes;
    Exclusion exclusion = new Exclusion(formulas, this::isImpossible);
    this.objects =
        new Alternatives(
            JsonType.OBJECT, formulas, exclusion, it -> isImpossible(shapes.object(it)), budget);
    this.arrays =
        new Alternatives(
            JsonType.ARRAY, formulas, exclusion, it -> isImpossible(shapes.array(it)), budget);
  }

  /** All that a formula allows; perhaps more shapes than have values. */
  Forms of(Formula formula) {
    Forms forms = known.get(formula);
    if (forms == null) {
      forms =
          new Forms(
              scalars.of(formula),
              objects.of(formula, true).stream().map(shapes::object).toList(),
              arrays.of(formula, true).stream().map(shapes::array).toList());
      known.put(formula, forms);
      budget.checkValues(known.size());
    }
    return forms;
  }

  /** Whether surely no value satisfies the formula. */
  boolean isImpossible(Formula formula) {
    if (formula instanceof Formula.Constant) {
      return formula == Formula.Constant.FALSE;
    }
    return Stream.of(JsonType.values()).allMatch(it -> isImpossible(formula, it));
  }

  /** Whether surely no value of the type satisfies the formula. What is being asked is possible. */
  boolean isImpossible(Formula formula, JsonType type) {
    Map<JsonType, Boolean> answers = impossible.computeIfAbsent(formula, any -> new HashMap<>());
    Boolean answer = answers.get(type);
    if (answer == null) {
      answers.put(type, false);
      budget.checkTime();
      try {
        answer = objects.ask(() -> arrays.ask(() -> look(formula, type)));
        answers.put(type, answer);
      } catch (Alternatives.Unfinished e) {
        answers.remove(type);
        answer = false;
      }
    }
    return answer;
  }

  private boolean look(Formula formula, JsonType type) {
    return switch (type) {
      case OBJECT ->
          objects.of(formula, true).stream().allMatch(it -> isImpossible(shapes.object(it)));
      case ARRAY ->
          arrays.of(formula, true).stream().allMatch(it -> isImpossible(shapes.array(it)));
      default -> scalars.of(formula, type).isNothing();
    };
  }

  private boolean isImpossible(ObjectShape shape) {
    long required = shape.properties().stream().filter(ObjectShape.Property::required).count();
    return required > shape.max()
        || shape.min() > shape.max()
        || shape.properties().size() < shape.min() && shape.others().isEmpty()
        || shape.properties().stream().anyMatch(it -> it.required() && isImpossible(it.value()))
        || shape.trackers().stream().anyMatch(it -> it.least() > 0 && isImpossible(it.value()));
  }

  private boolean isImpossible(ArrayShape shape) {
    return shape.min() > shape.max()
        || IntStream.range(0, Math.min(shape.min(), shape.prefix().size() + 1))
            .anyMatch(it -> isImpossible(shape.item(it)))
        || shape.trackers().stream().anyMatch(it -> it.least() > 0 && isImpossible(it.value()));
  }
}
