package io.millrace.grammar.schema;

import io.millrace.grammar.error.GrammarSyntaxException;
import java.math.BigDecimal;
import tools.jackson.databind.JsonNode;

/** Numbers that keywords have. */
final class Numbers {
  private Numbers() {}

  /** A count, from 0 on; one that is too large to be met is cut off. */
  static int count(JsonNode value, String keyword, String pointer) {
    if (value.isNumber()) {
      BigDecimal number = value.decimalValue();
      if (number.signum() >= 0 && number.stripTrailingZeros().scale() <= 0) {
        return number.min(BigDecimal.valueOf(Integer.MAX_VALUE - 1)).intValue();
      }
    }
    throw new GrammarSyntaxException(
        "%s at '%s' must be a whole number from 0 on".formatted(keyword, pointer));
  }

  static BigDecimal number(JsonNode value, String keyword, String pointer) {
    if (!value.isNumber()) {
      throw new GrammarSyntaxException("%s at '%s' must be a number".formatted(keyword, pointer));
    }
    return value.decimalValue();
  }
}
