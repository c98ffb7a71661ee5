package io.millrace.api.responses;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.millrace.api.body.JsonBody;
import io.millrace.api.body.SchemaFormat;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.ResponseFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The form that the text of a response is to have: any ({@code text}), a JSON object, or a document
 * of a schema.
 *
 * @param constraint what it asks of the answer
 */
record TextFormat(Format format, @JsonIgnore ConstraintFields constraint) {
  private static final List<String> TYPES = List.of("text", "json_object", "json_schema");
  private static final TextFormat PLAIN =
      new TextFormat(new Format("text", null, null, null, null), ConstraintFields.TEXT);

  private static final ConstraintFields ANY_OBJECT =
      ConstraintFields.of(new ResponseFormat("json_object", null));

  /** A form by its type, and what a schema is told with. */
  @JsonInclude(Include.NON_NULL)
  record Format(
      String type,
      @Nullable String name,
      @Nullable String description,
      @Nullable Boolean strict,
      @Nullable JsonNode schema) {}

  /**
   * Reads the form.
   *
   * @throws Invalid naming the field, if it is one that is not supported
   */
  static TextFormat of(JsonBody body) {
    JsonBody text = body.object("text");
    if (text == null) {
      return PLAIN;
    }
    text.refuse(List.of("verbosity"));
    JsonBody format = text.object("format");
    if (format == null) {
      return PLAIN;
    }
    TextParts.requireType(format, TYPES);
    return switch (format.require("type", String.class)) {
      case "json_object" ->
          new TextFormat(new Format("json_object", null, null, null, null), ANY_OBJECT);
      case "json_schema" -> schema(format);
      default -> PLAIN;
    };
  }

  private static TextFormat schema(JsonBody format) {
    Format told =
        new Format(
            "json_schema",
            format.get("name", String.class),
            format.get("description", String.class),
            format.get("strict", Boolean.class),
            format.node("schema"));
    return new TextFormat(told, SchemaFormat.of(format));
  }
}
