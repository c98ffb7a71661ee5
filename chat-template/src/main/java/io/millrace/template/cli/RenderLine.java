package io.millrace.template.cli;

import io.millrace.template.Conversation;
import io.millrace.template.SpecialTokens;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** One line of the command's input: a JSON object of known fields, the others ignored. */
final class RenderLine {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

  /** {@code 2025-07-10}, with a time after a space or a T, with seconds and a zone or without. */
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd[[ ]['T']HH:mm[:ss]")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendPattern("[XXX][X]]")
          .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
          .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
          .toFormatter();

  private final Map<String, Object> fields;

  private RenderLine(Map<String, Object> fields) {
    this.fields = fields;
  }

  /**
   * Parses a line.
   *
   * @throws IllegalArgumentException if it is no JSON object
   */
  static RenderLine parse(String line) {
    try {
      Map<String, Object> fields = JSON.readValue(line, OBJECT);
      if (fields != null) {
        return new RenderLine(fields);
      }
      throw new IllegalArgumentException("the line must be a JSON object, but is null");
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "the line is not a JSON object: " + e.getOriginalMessage(), e);
    }
  }

  /** The template's text, or null. */
  @Nullable String template() {
    return field("template", String.class, "a string");
  }

  @SuppressWarnings("unchecked")
  Conversation conversation() {
    List<?> messages = field("messages", List.class, "a list");
    List<?> given = messages == null ? List.of() : messages;
    for (Object message : given) {
      if (!(message instanceof Map)) {
        throw new IllegalArgumentException("messages must be a list of objects");
      }
    }
    return new Conversation(
        (List<Map<String, Object>>) given,
        field("tools", List.class, "a list"),
        field("documents", List.class, "a list"),
        Boolean.TRUE.equals(field("add_generation_prompt", Boolean.class, "true or false")),
        kwargs());
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> kwargs() {
    Map<String, Object> kwargs = field("kwargs", Map.class, "an object");
    return kwargs == null ? Map.of() : kwargs;
  }

  /** Those of the line over those of the model. */
  SpecialTokens specialTokens(SpecialTokens ofModel) {
    Map<String, Object> tokens = new LinkedHashMap<>(ofModel.byName());
    tokens.putAll(SpecialTokens.ofConfig(fields).byName());
    return new SpecialTokens(tokens);
  }

  /** The line's own time, or the system's. */
  Clock clock() {
    Object now = fields.get("now");
    if (now == null) {
      return Clock.systemDefaultZone();
    } else if (now instanceof Number seconds) {
      return Clock.fixed(Instant.ofEpochSecond(seconds.longValue()), ZoneId.systemDefault());
    } else if (now instanceof String text) {
      try {
        LocalDateTime time = LocalDateTime.parse(text, DATE_TIME);
        return Clock.fixed(time.toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
      } catch (DateTimeException e) {
        throw new IllegalArgumentException("now is no date and time: " + text, e);
      }
    }
    throw new IllegalArgumentException("now must be a string such as 2025-07-10T12:00:00");
  }

  private <T> @Nullable T field(String name, Class<T> type, String expected) {
    Object value = fields.get(name);
    if (value != null && !type.isInstance(value)) {
      throw new IllegalArgumentException(name + " must be " + expected);
    }
    return type.cast(value);
  }
}
