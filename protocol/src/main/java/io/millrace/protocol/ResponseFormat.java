package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.StringNode;

/**
 * OpenAI's {@code response_format}.
 *
 * @param type {@code text}, {@code json_object} or {@code json_schema}
 * @param jsonSchema with {@code json_schema} only
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
public record ResponseFormat(@Nullable String type, @Nullable NamedSchema jsonSchema) {
  private static final String TYPE = "response_format.type";
  private static final String SCHEMA = "response_format.json_schema";

  /**
   * A schema with what the model or a reader may be told of it.
   *
   * @param name of the schema
   * @param description of the answer
   * @param strict whatever it says, the schema is obeyed
   * @param schema a JSON Schema
   */
  @JsonNaming(SnakeCaseStrategy.class)
  @JsonInclude(Include.NON_NULL)
  public record NamedSchema(
      @Nullable String name,
      @Nullable String description,
      @Nullable Boolean strict,
      @Forms(Map.class) @Nullable JsonNode schema) {}

  public ResponseFormat {
    if (type != null && !asksFor(type, "text", "json_object", "json_schema")) {
      throw new Invalid(
          TYPE,
          "%s must be text, json_object or json_schema, but is %s"
              .formatted(TYPE, JsonRecords.shown(StringNode.valueOf(type))));
    }
    if (asksFor(type, "json_schema")) {
      requireSchema(jsonSchema);
    }
  }

  private static boolean asksFor(@Nullable String type, String... types) {
    return type != null && List.of(types).contains(type);
  }

  private static void requireSchema(@Nullable NamedSchema named) {
    JsonNode schema = named == null ? null : named.schema;
    String name = named == null ? SCHEMA : SCHEMA + ".schema";
    if (schema == null || schema.isNull()) {
      throw new Invalid(name, name + " is required");
    }
    if (!schema.isObject()) {
      throw new Invalid(
          name, "%s must be an object, but is %s".formatted(name, JsonRecords.shown(schema)));
    }
  }

  /** The constraint by the name of the field that describes it; null if any text will do. */
  @Nullable NamedConstraint constraint() {
    if (asksFor(type, "json_object")) {
      return NamedConstraint.schema(TYPE, Constraint.JsonSchema.ANY_OBJECT, false);
    }
    return asksFor(type, "json_schema") && jsonSchema != null && jsonSchema.schema != null
        ? NamedConstraint.schema(SCHEMA + ".schema", jsonSchema.schema.toString(), false)
        : null;
  }
}
