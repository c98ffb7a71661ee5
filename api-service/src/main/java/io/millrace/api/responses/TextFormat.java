package io.millrace.api.responses;

import io.millrace.api.body.JsonBody;
import io.millrace.api.body.TextParts;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonRecords;
import java.util.List;
import java.util.Objects;

/**
 * The form that the text of a response is to have: {@code text}. A schema is for grammars to make
 * sure, and would become a field of the question here.
 */
record TextFormat(Format format) {
  private static final List<String> TYPES = List.of("text");
  private static final TextFormat PLAIN = new TextFormat(new Format("text"));

  /** A form by its type. */
  record Format(String type) {}

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
    if (!"medium".equals(text.get("verbosity", String.class, "medium"))) {
      String name = text.name("verbosity");
      throw new Invalid(
          name,
          "%s is not supported beyond \"medium\", but is %s"
              .formatted(name, JsonRecords.shown(Objects.requireNonNull(text.node("verbosity")))));
    }
    JsonBody format = text.object("format");
    if (format != null) {
      TextParts.requireType(format, TYPES);
    }
    return PLAIN;
  }
}
