package io.millrace.grammar.schema;

import io.millrace.grammar.error.UnsupportedGrammarException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The keywords about arrays. */
final class ArrayKeywords {
  private final SchemaReader reader;
  private final Formulas formulas;

  ArrayKeywords(SchemaReader reader, Formulas formulas) {
    this.reader = reader;
    this.formulas = formulas;
  }

  Formula read(String keyword, JsonNode value, JsonNode schema, String pointer) {
    String at = pointer + "/" + keyword;
    return switch (keyword) {
      case "items" -> value.isArray() ? tuple(value, at) : rest(value, prefix(schema), at);
      case "prefixItems" -> tuple(value, at);
      case "additionalItems" ->
          schema.path("items").isArray()
              ? rest(value, schema.path("items").size(), at)
              : Formula.Constant.TRUE;
      case "minItems" -> new Formula.MinItems(Numbers.count(value, keyword, pointer));
      case "maxItems" ->
          formulas.opposite(new Formula.MinItems(Numbers.count(value, keyword, pointer) + 1));
      case "uniqueItems" -> unique(value, pointer);
      default -> contains(value, schema, pointer);
    };
  }

  private static int prefix(JsonNode schema) {
    return schema.path("prefixItems").size();
  }

  private Formula tuple(JsonNode value, String at) {
    List<Formula> parts = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      parts.add(new Formula.Items(i, i + 1, reader.read(value.get(i), at + "/" + i)));
    }
    return formulas.and(parts);
  }

  private Formula rest(JsonNode value, int from, String at) {
    return new Formula.Items(from, Tracker.UNBOUNDED, reader.read(value, at));
  }

  private static Formula unique(JsonNode value, String pointer) {
    if (value.isBoolean() && !value.booleanValue()) {
      return Formula.Constant.TRUE;
    }
    throw new UnsupportedGrammarException("uniqueItems", pointer, "cannot be enforced");
  }

  private Formula contains(JsonNode value, JsonNode schema, String pointer) {
    Formula item = reader.read(value, pointer + "/contains");
    int least =
        schema.has("minContains")
            ? Numbers.count(schema.get("minContains"), "minContains", pointer)
            : 1;
    List<Formula> parts = new ArrayList<>();
    if (least > 0) {
      parts.add(new Formula.Contains(item, least));
    }
    if (schema.has("maxContains")) {
      int most = Numbers.count(schema.get("maxContains"), "maxContains", pointer);
      parts.add(formulas.opposite(new Formula.Contains(item, most + 1)));
    }
    return formulas.and(parts);
  }
}
