package io.millrace.template.value;

import org.jspecify.annotations.Nullable;

/** The attributes of numbers. */
final class NumberMethods {
  private NumberMethods() {}

  static @Nullable Object of(Object number, String name) {
    Object plain = Operators.plus(number);
    return switch (name) {
      case "real" -> plain;
      case "imag" -> plain instanceof Double ? (Object) 0.0 : (Object) 0L;
      case "numerator" -> plain instanceof Double ? null : plain;
      case "denominator" -> plain instanceof Double ? null : (Object) 1L;
      case "conjugate" -> method(number, name, plain);
      case "is_integer" ->
          plain instanceof Double real ? method(number, name, real % 1 == 0) : null;
      case "bit_length" ->
          plain instanceof Double
              ? null
              : method(number, name, (long) Numbers.big(plain).abs().bitLength());
      default -> null;
    };
  }

  private static Object method(Object number, String name, Object result) {
    return new BoundMethod<>(
        number,
        result,
        name,
        (value, arguments, budget) -> {
          arguments.bind(name);
          return value;
        });
  }
}
