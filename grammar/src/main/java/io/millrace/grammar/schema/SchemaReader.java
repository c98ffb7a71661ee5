package io.millrace.grammar.schema;

import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.error.UnsupportedGrammarException;
import io.millrace.grammar.json.JsonLexemes;
import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.regex.Regex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Reads a schema into formulas, keyword by keyword. A keyword that asserts something and cannot be
 * enforced is refused by its name; a keyword that JSON Schema does not know is an annotation, as
 * JSON Schema says.
 */
final class SchemaReader {
  private final SchemaDocument document;
  private final Formulas formulas;
  private final ScalarKeywords scalars;
  private final ObjectKeywords objects;
  private final ArrayKeywords arrays;
  private final Map<String, Formula.Reference> references = new HashMap<>();
  private final Map<String, Formula.Members> absences = new HashMap<>();
  private final Scalars words;

  SchemaReader(
      SchemaDocument document,
      Formulas formulas,
      JsonLexemes lexemes,
      JsonStringEncoding encoding) {
    this.document = document;
    this.formulas = formulas;
    this.scalars = new ScalarKeywords(formulas, lexemes.pool(), encoding);
    this.objects = new ObjectKeywords(this, formulas, encoding);
    this.arrays = new ArrayKeywords(this, formulas);
    this.words = new Scalars(lexemes, encoding, formulas, false);
  }

  Formula read() {
    return read(document.root(), "");
  }

  /** The formula of a schema at a pointer. */
  Formula read(JsonNode schema, String pointer) {
    if (schema.isBoolean()) {
      return schema.booleanValue() ? Formula.Constant.TRUE : Formula.Constant.FALSE;
    }
    if (!schema.isObject()) {
      throw new GrammarSyntaxException(
          "the schema at '%s' must be an object or a boolean".formatted(pointer));
    }
    if (schema.has("$ref") && document.draft() == Draft.UP_TO_7 && schema.get("$ref").isString()) {
      return reference(schema.get("$ref"), pointer);
    }
    List<Formula> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
      parts.add(keyword(keyword.getKey(), keyword.getValue(), schema, pointer));
    }
    return formulas.and(parts);
  }

  private Formula keyword(String name, JsonNode value, JsonNode schema, String pointer) {
    String at = pointer + "/" + SchemaDocument.escape(name);
    return switch (name) {
      case "$ref" -> reference(value, pointer);
      case "allOf" -> formulas.and(list(value, at));
      case "anyOf" -> formulas.or(list(value, at));
      case "oneOf" -> formulas.oneOf(list(value, at));
      case "not" -> formulas.not(read(value, at));
      case "if" -> conditional(value, schema, pointer);
      case "type",
          "enum",
          "const",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minLength",
          "maxLength",
          "pattern",
          "format" ->
          scalars.read(name, value, schema, pointer);
      case "properties",
          "patternProperties",
          "additionalProperties",
          "propertyNames",
          "required",
          "minProperties",
          "maxProperties",
          "dependencies",
          "dependentRequired",
          "dependentSchemas" ->
          objects.read(name, value, schema, pointer);
      case "items",
          "prefixItems",
          "additionalItems",
          "minItems",
          "maxItems",
          "uniqueItems",
          "contains" ->
          arrays.read(name, value, schema, pointer);
      case "unevaluatedProperties",
          "unevaluatedItems",
          "$dynamicRef",
          "$recursiveRef",
          "extends",
          "disallow" ->
          throw new UnsupportedGrammarException(name, pointer, "cannot be enforced");
      default -> Formula.Constant.TRUE;
    };
  }

  private Formula conditional(JsonNode condition, JsonNode schema, String pointer) {
    Formula premise = read(condition, pointer + "/if");
    Formula then = branch(schema, "then", pointer);
    Formula otherwise = branch(schema, "else", pointer);
    return formulas.or(
        List.of(formulas.and(premise, then), formulas.and(formulas.not(premise), otherwise)));
  }

  private Formula branch(JsonNode schema, String name, String pointer) {
    return schema.has(name) ? read(schema.get(name), pointer + "/" + name) : Formula.Constant.TRUE;
  }

  private List<Formula> list(JsonNode value, String at) {
    if (!value.isArray() || value.isEmpty()) {
      throw new GrammarSyntaxException("'%s' must be a list of schemas".formatted(at));
    }
    List<Formula> parts = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      parts.add(read(value.get(i), at + "/" + i));
    }
    return parts;
  }

  private Formula reference(JsonNode value, String pointer) {
    if (!value.isString()) {
      throw new GrammarSyntaxException("$ref at '%s' must be a string".formatted(pointer));
    }
    String target = document.resolve(value.stringValue(), pointer);
    Formula.Reference known = references.get(target);
    if (known != null) {
      return known;
    }
    Formula.Reference reference = new Formula.Reference(value.stringValue());
    references.put(target, reference);
    reference.target = read(document.at(target), target);
    return reference;
  }

  /** That an object has no member with a key; the same formula for the same key. */
  Formula.Members absent(String name) {
    return absences.computeIfAbsent(
        name, it -> new Formula.Members(new Keys.Named(it), Formula.Constant.FALSE));
  }

  /** What may stand between the quotes of a string under a schema. */
  Regex strings(JsonNode schema, String pointer) {
    return words.inside(read(schema, pointer));
  }
}
