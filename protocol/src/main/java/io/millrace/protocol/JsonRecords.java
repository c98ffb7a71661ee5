package io.millrace.protocol;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.ErrorReportConfiguration;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON to records, and the words for what cannot be read: field, value, and what it must be. Fields
 * that a record does not know are ignored.
 */
public final class JsonRecords {
  /** Each value costs a hundred bytes as a tree, however short its text. */
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder().maxTokenCount(1_000_000).build();

  /** Where a part began is told without its source; names of settings mean nothing to a client. */
  private static final Pattern OF_THE_PARSER =
      Pattern.compile(
          " ?\\(start marker at \\[[^\\]]*\\]\\)|, from `[^`]*`|: enable `[^`]*` to allow"
              + "| \\(not recognized as one since [^)]*\\)| ?\\[Source: [^\\]]*\\]");

  private static final ErrorReportConfiguration REPORTS =
      ErrorReportConfiguration.builder().maxErrorTokenLength(Excerpt.MAX_CHARACTERS).build();

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(LIMITS)
                  .errorReportConfiguration(REPORTS)
                  .build())
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .addModule(new StrictTypes())
          .build();

  private JsonRecords() {}

  /**
   * Parses a JSON object.
   *
   * @throws Invalid if it is empty, not JSON, or no object
   */
  public static ObjectNode parse(byte[] body) {
    if (body.length == 0) {
      throw new Invalid(null, "the body is empty; a JSON object is expected");
    }
    Unicode.requireUtf8(body);
    try {
      JsonNode tree = MAPPER.readTree(body);
      if (tree instanceof ObjectNode object) {
        return object;
      }
      throw new Invalid(null, "the body must be a JSON object, but is " + shown(tree));
    } catch (StreamConstraintsException e) {
      throw new Invalid(null, exceeded(e));
    } catch (JacksonException e) {
      var at = e.getLocation();
      throw new Invalid(
          null,
          "the body is not valid JSON: %s%s"
              .formatted(
                  plainly(e),
                  at == null
                      ? ""
                      : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
    }
  }

  /** Which of the limits a body exceeds, found by how the parser begins to tell it. */
  private static String exceeded(StreamConstraintsException e) {
    String told = plainly(e);
    String limit =
        switch (told.replaceAll(" .*", "")) {
          case "Token" ->
              "may hold at most %d values, names and brackets".formatted(LIMITS.getMaxTokenCount());
          case "Document" -> "may be nested at most %d deep".formatted(LIMITS.getMaxNestingDepth());
          case "Number" ->
              "may hold numbers of at most %d characters".formatted(LIMITS.getMaxNumberLength());
          case "Name" ->
              "may hold names of at most %d characters".formatted(LIMITS.getMaxNameLength());
          default -> "is not valid JSON: " + told;
        };
    return "the body " + limit;
  }

  /** What the parser says, without what it says of its own settings. */
  private static String plainly(JacksonException e) {
    return OF_THE_PARSER.matcher(e.getOriginalMessage()).replaceAll("");
  }

  /**
   * Reads a record of some of an object's fields.
   *
   * @throws Invalid naming the field at fault
   */
  public static <T> T read(ObjectNode object, Class<T> type) {
    try {
      return MAPPER.treeToValue(object, type);
    } catch (JacksonException e) {
      throw invalid(e, "", object);
    }
  }

  /**
   * Reads a single value.
   *
   * @param name of the field that holds it, as the client spells it
   * @throws Invalid if it is of another type
   */
  public static <T> T read(JsonNode value, String name, Class<T> type) {
    try {
      return MAPPER.treeToValue(value, type);
    } catch (JacksonException e) {
      throw invalid(e, name, value);
    }
  }

  /** The same for a list. */
  public static <T> List<T> readList(JsonNode value, String name, Class<T> elementType) {
    try {
      return MAPPER.treeToValue(
          value, MAPPER.getTypeFactory().constructCollectionType(List.class, elementType));
    } catch (JacksonException e) {
      throw invalid(e, name, value);
    }
  }

  private static Invalid invalid(JacksonException e, String name, JsonNode tree) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof Invalid said) {
        return said;
      }
    }
    StringBuilder path = new StringBuilder(name);
    JsonNode node = tree;
    if (e instanceof InvalidTypeIdException) {
      path.append("type");
      node = tree.path("type");
    }
    for (JacksonException.Reference step : e.getPath()) {
      String property = step.getPropertyName();
      if (property == null) {
        path.append('[').append(step.getIndex()).append(']');
        node = node.path(step.getIndex());
      } else {
        path.append(path.isEmpty() ? "" : ".").append(property);
        node = node.path(property);
      }
    }
    return new Invalid(path.toString(), path + " " + problem(e, node));
  }

  private static String problem(JacksonException e, JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return "is required";
    }
    if (e instanceof WrongType wrong) {
      return wrong.problem().formatted(shown(node));
    }
    if (e instanceof InvalidFormatException format
        && format.getTargetType() != null
        && format.getTargetType().isEnum()) {
      return "must be one of %s, but is %s".formatted(labels(format.getTargetType()), shown(node));
    }
    if (e instanceof InvalidFormatException || e instanceof InvalidTypeIdException) {
      return "is unknown: " + Excerpt.of(node.asString(node.toString()));
    }
    boolean list =
        e instanceof MismatchedInputException it
            && it.getTargetType() != null
            && Collection.class.isAssignableFrom(it.getTargetType());
    return "must be %s, but is %s".formatted(list ? "a list of objects" : "an object", shown(node));
  }

  private static String labels(Class<?> choices) {
    return Stream.of(choices.getEnumConstants())
        .map(choice -> MAPPER.valueToTree(choice).asString())
        .collect(Collectors.joining(", "));
  }

  /** A value as it was sent, or its beginning. */
  public static String shown(JsonNode node) {
    return Excerpt.of(node.toString());
  }
}
