package io.millrace.toolparser;

import io.millrace.toolparser.call.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the calls of an answer are written, as data for a grammar. All calls are {@code prefix}, one
 * or more of what {@link #call} says with {@code separator} between them, then {@code suffix}.
 *
 * @param triggers texts that begin calls wherever they come in an answer; empty where calls have no
 *     such text and can only be the whole answer
 * @param prefix before the first call
 * @param before the body of a call, with {@code %s} for the function's name, if it stands there
 * @param body how name and arguments are written
 * @param after the body of a call
 * @param separator between two calls
 * @param suffix after the last call
 */
public record CallSyntax(
    List<String> triggers,
    String prefix,
    String before,
    Body body,
    String after,
    String separator,
    String suffix) {
  /** A notation of name and arguments. */
  public enum Body {
    /** {@code {"name": ..., "arguments": {...}}}. */
    NAME_ARGUMENTS,
    /** {@code {"name": ..., "parameters": {...}}}. */
    NAME_PARAMETERS,
    /** {@code {"tool_call_id": "0", "tool_name": ..., "parameters": {...}}}. */
    COHERE,
    /** {@code {"tool_name": ..., "parameters": {...}}}. */
    TOOL_NAME_PARAMETERS,
    /** The arguments alone, as a JSON object. */
    ARGUMENTS,
    /** {@code <parameter=key>value</parameter>} for each argument. */
    XML,
    /** {@code name(key=value)}. */
    PYTHON
  }

  /** A part of a call, in the order of the text. */
  public sealed interface Part {}

  /** Text that stands there as it is. */
  public record Text(String text) implements Part {}

  /** One of several texts. */
  public record OneOf(List<String> texts) implements Part {}

  /** Text that a regular expression matches from its beginning to its end. */
  public record Matching(String regex) implements Part {}

  /**
   * A JSON value.
   *
   * @param schema a JSON Schema that it is valid by; its members come in the schema's order
   */
  public record Json(Map<String, Object> schema) implements Part {}

  /**
   * A string as it is, not within quotes, and the word behind it.
   *
   * @param pattern a regular expression that is found in it; empty for any
   * @param least characters
   * @param most characters
   * @param without words that are not found in it
   * @param end the word behind it
   */
  public record FreeText(String pattern, int least, int most, List<String> without, String end)
      implements Part {}

  /**
   * Members in this order, some of which may be missing.
   *
   * @param separator between two that are there
   */
  public record Members(List<Member> members, String separator) implements Part {}

  /** One of several members. */
  public record Member(boolean required, List<Part> parts) {}

  public CallSyntax {
    triggers = List.copyOf(triggers);
  }

  /**
   * The parts of a call to a function.
   *
   * @throws IllegalArgumentException saying why such a call cannot be enforced in this notation
   */
  public List<Part> call(String name, Map<String, Object> parameters) {
    requireName("the name of a function", name);
    List<Part> parts = new ArrayList<>();
    parts.add(new Text(before.formatted(name)));
    switch (body) {
      case NAME_ARGUMENTS -> addObject(parts, "{\"name\"", name, "arguments", parameters);
      case NAME_PARAMETERS -> addObject(parts, "{\"name\"", name, "parameters", parameters);
      case TOOL_NAME_PARAMETERS ->
          addObject(parts, "{\"tool_name\"", name, "parameters", parameters);
      case COHERE -> {
        parts.add(new Text("{\"tool_call_id\": \""));
        parts.add(new Matching("[0-9]{1,4}"));
        addObject(parts, "\", \"tool_name\"", name, "parameters", parameters);
      }
      case ARGUMENTS -> parts.add(arguments(parameters));
      case XML -> parts.add(ParameterSyntax.xml(name, parameters));
      case PYTHON -> parts.add(ParameterSyntax.python(parameters));
    }
    parts.add(new Text(after));
    return parts;
  }

  static void requireName(String what, String name) {
    if (!Names.isName(name)) {
      throw new IllegalArgumentException(
          "%s must be 1 to %d letters, digits and _ - . : / to be enforced"
              .formatted(what, Names.MAX_LENGTH));
    }
  }

  private static void addObject(
      List<Part> parts,
      String open,
      String name,
      String argumentsKey,
      Map<String, Object> parameters) {
    parts.add(new Text("%s: \"%s\", \"%s\": ".formatted(open, name, argumentsKey)));
    parts.add(arguments(parameters));
    parts.add(new Text("}"));
  }

  /** Arguments are an object, whether or not the schema says so. */
  private static Json arguments(Map<String, Object> parameters) {
    Map<String, Object> schema = new LinkedHashMap<>(parameters);
    schema.putIfAbsent("type", "object");
    return new Json(schema);
  }
}
