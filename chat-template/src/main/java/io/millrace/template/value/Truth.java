package io.millrace.template.value;

import java.util.List;

/** Python's {@code bool(value)}. */
public final class Truth {
  private Truth() {}

  public static boolean of(Object value) {
    if (value instanceof Boolean truth) {
      return truth;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value == None.NONE || value instanceof Undefined) {
      return false;
    } else if (value instanceof Long number) {
      return number != 0;
    } else if (value instanceof Double number) {
      return number != 0;
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    } else if (value instanceof Markup markup) {
      return !markup.content().isEmpty();
    }
    // A BigInteger is never 0: what fits a Long is one. Generators and functions are true.
    int length = Sequences.length(value);
    return length != 0;
  }
}
