package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonFields;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Fields in the spellings that clients really send, and refusals of what is not done here. */
public final class Fields {
  private Fields() {}

  /** {@code true}, {@code false}, or either as a string, as the seed's clients send it. */
  public static boolean flag(JsonFields json, String field) {
    JsonNode node = json.get(field);
    if (node != null && node.isString()) {
      return switch (node.stringValue().toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default ->
            throw new Invalid(
                field, "%s must be true or false, but is %s".formatted(field, node.toString()));
      };
    }
    return json.bool(field, false);
  }

  /** Refuses any number but {@code only}. */
  public static void unlessOnly(JsonFields json, String field, long only) {
    Long value = json.integer(field);
    if (value != null && value != only) {
      throw new Invalid(
          field, "%s is not supported beyond %d, but is %d".formatted(field, only, value));
    }
  }

  /** Refuses a field that asks for something: all but null, false, and empty lists and objects. */
  public static void unlessAbsent(JsonFields json, String field) {
    JsonNode node = json.get(field);
    boolean nothing =
        node == null
            || (node.isBoolean() && !node.booleanValue())
            || (node.isContainer() && node.isEmpty());
    if (!nothing) {
      throw new Invalid(field, field + " is not supported");
    }
  }
}
