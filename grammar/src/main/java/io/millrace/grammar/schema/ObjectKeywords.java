package io.millrace.grammar.schema;

import io.millrace.grammar.error.GrammarSyntaxException;
import io.millrace.grammar.pattern.JsonStringEncoding;
import io.millrace.grammar.pattern.PatternCompiler;
import io.millrace.grammar.regex.Regex;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The keywords about objects. */
final class ObjectKeywords {
  private final SchemaReader reader;
  private final Formulas formulas;
  private final PatternCompiler patterns;

  ObjectKeywords(SchemaReader reader, Formulas formulas, JsonStringEncoding encoding) {
    this.reader = reader;
    this.formulas = formulas;
    this.patterns = new PatternCompiler(encoding);
  }

  Formula read(String keyword, JsonNode value, JsonNode schema, String pointer) {
    String at = pointer + "/" + keyword;
    return switch (keyword) {
      case "properties" -> properties(object(value, at), at);
      case "patternProperties" -> patternProperties(object(value, at), at);
      case "additionalProperties" -> new Formula.Members(others(schema), reader.read(value, at));
      case "propertyNames" -> propertyNames(value, at);
      case "required" -> required(value, at);
      case "minProperties" -> new Formula.MinMembers(Numbers.count(value, keyword, pointer));
      case "maxProperties" ->
          formulas.opposite(new Formula.MinMembers(Numbers.count(value, keyword, pointer) + 1));
      default -> dependencies(object(value, at), at);
    };
  }

  private static JsonNode object(JsonNode value, String at) {
    if (!value.isObject()) {
      throw new GrammarSyntaxException("'%s' must be an object".formatted(at));
    }
    return value;
  }

  private Formula properties(JsonNode value, String at) {
    List<Formula> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : value.properties()) {
      Formula schema =
          reader.read(property.getValue(), at + "/" + SchemaDocument.escape(property.getKey()));
      parts.add(new Formula.Members(new Keys.Named(property.getKey()), schema));
    }
    return formulas.and(parts);
  }

  private Formula patternProperties(JsonNode value, String at) {
    List<Formula> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> property : value.properties()) {
      Formula schema =
          reader.read(property.getValue(), at + "/" + SchemaDocument.escape(property.getKey()));
      parts.add(new Formula.Members(new Keys.Matching(patterns.search(property.getKey())), schema));
    }
    return formulas.and(parts);
  }

  private Keys others(JsonNode schema) {
    Set<String> names = new LinkedHashSet<>(schema.path("properties").propertyNames());
    List<Regex> matched =
        schema.path("patternProperties").propertyNames().stream().map(patterns::search).toList();
    return new Keys.Others(names, matched);
  }

  /** No member may have a key that is not as it must be. */
  private Formula propertyNames(JsonNode value, String at) {
    Regex allowed = reader.strings(value, at);
    return new Formula.Members(new Keys.Others(Set.of(), List.of(allowed)), Formula.Constant.FALSE);
  }

  private Formula required(JsonNode value, String at) {
    if (!value.isArray()) {
      throw new GrammarSyntaxException("'%s' must be a list of names".formatted(at));
    }
    List<Formula> parts = new ArrayList<>();
    for (JsonNode name : value) {
      if (!name.isString()) {
        throw new GrammarSyntaxException("'%s' must be a list of names".formatted(at));
      }
      parts.add(has(name.stringValue()));
    }
    return formulas.and(parts);
  }

  private Formula has(String name) {
    return formulas.opposite(reader.absent(name));
  }

  private Formula dependencies(JsonNode value, String at) {
    List<Formula> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      String inside = at + "/" + SchemaDocument.escape(entry.getKey());
      JsonNode wanted = entry.getValue();
      Formula then =
          wanted.isArray()
              ? required(wanted, inside)
              : wanted.isString() ? has(wanted.stringValue()) : reader.read(wanted, inside);
      parts.add(formulas.or(List.of(reader.absent(entry.getKey()), then)));
    }
    return formulas.and(parts);
  }
}
