package io.millrace.api.body;

import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.ResponseFormat;

/** The form of an answer where its schema stands beside its type. */
public final class SchemaFormat {
  private SchemaFormat() {}

  /**
   * A document that is valid under the form's {@code schema}, strict or not.
   *
   * @throws Invalid naming the field, if there is no schema
   */
  public static ConstraintFields of(JsonBody format) {
    if (format.object("schema") == null) {
      String name = format.name("schema");
      throw new Invalid(name, name + " is required");
    }
    ResponseFormat.NamedSchema schema =
        new ResponseFormat.NamedSchema(
            format.get("name", String.class),
            format.get("description", String.class),
            format.get("strict", Boolean.class),
            format.node("schema"));
    return ConstraintFields.of(new ResponseFormat("json_schema", schema));
  }
}
