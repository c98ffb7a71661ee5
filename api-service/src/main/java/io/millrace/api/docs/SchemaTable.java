package io.millrace.api.docs;

import io.millrace.protocol.JsonSchemas;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The fields of a record as tables of HTML, those of objects within it in the same table. */
final class SchemaTable {
  private final JsonNode root;
  private final StringBuilder html = new StringBuilder();

  private SchemaTable(JsonNode root) {
    this.root = root;
  }

  /**
   * The fields of a record, by kind if it has several.
   *
   * @param name of its schema
   */
  static String of(String name) {
    byte[] json = JsonSchemas.find(name).orElseThrow();
    SchemaTable table = new SchemaTable(JsonMapper.shared().readTree(json));
    JsonNode kinds = table.root.path("oneOf");
    if (table.root.has("properties")) {
      table.add(table.root);
    } else {
      kinds.forEach(table::addKind);
    }
    return table.html.toString();
  }

  private void addKind(JsonNode kind) {
    JsonNode resolved = resolved(kind);
    html.append(
        "<h4><code>%s</code></h4>%n<p>%s</p>%n"
            .formatted(
                resolved.at("/properties/type/const").asString(),
                KafkaPage.marked(resolved.path("description"))));
    add(resolved);
  }

  private void add(JsonNode object) {
    html.append("<div class=\"wide\"><table>\n<tr><th>Field</th><th>Value</th><th></th></tr>\n");
    addRows("", object);
    html.append("</table></div>\n");
  }

  private void addRows(String path, JsonNode object) {
    Set<String> required = new HashSet<>();
    object.path("required").forEach(name -> required.add(name.asString()));
    object
        .path("properties")
        .forEachEntry((name, field) -> addField(path + name, field, required.contains(name)));
  }

  private void addField(String path, JsonNode field, boolean required) {
    html.append(
        "<tr><td><code>%s</code></td><td>%s</td><td>%s%s</td></tr>%n"
            .formatted(
                HtmlUtils.htmlEscape(path),
                HtmlUtils.htmlEscape(type(field) + limits(field)),
                required ? "<b>required</b> " : "",
                KafkaPage.marked(field.path("description"))));
    JsonNode value = resolved(field);
    if (value.path("type").asString("").equals("array")) {
      addRows(path + "[].", resolved(value.path("items")));
    } else {
      addRows(path + ".", value);
    }
  }

  /** What a reference, or a list of one, stands for. */
  private JsonNode resolved(JsonNode schema) {
    JsonNode single = schema.has("allOf") ? schema.at("/allOf/0") : schema;
    String reference = single.path("$ref").asString("");
    return reference.isEmpty() ? single : resolved(root.at(reference.substring(1)));
  }

  private String type(JsonNode field) {
    JsonNode schema = resolved(field);
    if (schema.has("const")) {
      return schema.get("const").toString();
    }
    if (schema.has("enum")) {
      List<String> values = new ArrayList<>();
      schema.get("enum").forEach(value -> values.add(value.toString()));
      return String.join(", ", values);
    }
    if (schema.has("anyOf")) {
      List<String> forms = new ArrayList<>();
      schema.get("anyOf").forEach(form -> forms.add(type(form)));
      return String.join(" or ", forms);
    }
    return switch (schema.path("type").asString("")) {
      case "" -> "any JSON";
      case "array" -> "list of " + type(schema.path("items"));
      case "integer" -> "whole number";
      case "boolean" -> "true or false";
      case "string" ->
          schema.path("format").asString("").equals("date-time") ? "instant" : "string";
      default -> schema.get("type").asString();
    };
  }

  private static String limits(JsonNode field) {
    String least = field.path("minimum").asString("");
    String most = field.path("maximum").asString("");
    if (field.has("maxItems")) {
      return ", at most " + field.get("maxItems");
    }
    if (least.isEmpty()) {
      return most.isEmpty() ? "" : ", at most " + plain(most);
    }
    return most.isEmpty()
        ? ", at least " + plain(least)
        : ", %s to %s".formatted(plain(least), plain(most));
  }

  private static String plain(String number) {
    return number.replaceAll("\\.0$", "");
  }
}
