package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.lexer.TokenStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The text of a macro, or of the block of a {@code call} tag.
 *
 * @param special which of {@code caller}, {@code kwargs} and {@code varargs} it reads
 * @param levels of statements and expressions within each other
 */
record MacroDefinition(
    String name, List<Parameter> parameters, Set<String> special, Body body, int levels) {
  private static final Set<String> SPECIAL = Set.of("caller", "kwargs", "varargs");

  /** Parses the parameters of a macro and its block. */
  static MacroDefinition parse(TemplateParser parser, String name) {
    Frame frame = parser.context().inner();
    Head head = Head.parse(parser, frame);
    return parse(parser, name, frame, head, "endmacro");
  }

  /** Parses what is left of a {@code call} tag after its parameters. */
  static MacroDefinition parseCallBlock(TemplateParser parser, Frame frame, Head head) {
    return parse(parser, "", frame, head, "endcall");
  }

  /** Parses the block of a {@code generation} tag. */
  static MacroDefinition parseGeneration(TemplateParser parser, Frame frame) {
    return parse(parser, "", frame, Head.NONE, "endgeneration");
  }

  private static MacroDefinition parse(
      TemplateParser parser, String name, Frame frame, Head head, String end) {
    Measure around = parser.beginMeasure();
    Body body = parser.context().function(frame, () -> Body.parse(parser, end));
    Measure measure = parser.endMeasure(around);
    Set<String> special = special(parser, measure.names(), head.parameters());
    int levels = Math.max(head.levels(), measure.levels());
    return new MacroDefinition(name, head.parameters(), special, body, levels);
  }

  private static Set<String> special(
      TemplateParser parser, Set<String> read, List<Parameter> parameters) {
    Set<String> special = new HashSet<>(read);
    special.retainAll(SPECIAL);
    for (Parameter parameter : parameters) {
      boolean caller = parameter.name().equals("caller");
      if (caller && special.contains("caller") && parameter.defaultValue() == null) {
        throw parser.stream()
            .fail(
                "When defining macros or call blocks the special \"caller\" argument must be"
                    + " omitted or be given a default.");
      }
      special.remove(caller ? "" : parameter.name());
    }
    return Set.copyOf(special);
  }

  boolean reads(String name) {
    return special.contains(name);
  }

  boolean hasParameter(String name) {
    return parameters.stream().anyMatch(parameter -> parameter.name().equals(name));
  }

  /** A parameter with what it is where it is not given. */
  record Parameter(String name, @Nullable Expression defaultValue) {}

  /**
   * The parameters in the text of a macro.
   *
   * @param levels of the expressions of their defaults
   */
  record Head(List<Parameter> parameters, int levels) {
    static final Head NONE = new Head(List.of(), 1);

    static Head parse(TemplateParser parser, Frame frame) {
      Measure around = parser.beginMeasure();
      List<Parameter> parameters = parser.context().function(frame, () -> parameters(parser));
      return new Head(parameters, parser.endMeasure(around).levels());
    }

    private static List<Parameter> parameters(TemplateParser parser) {
      TokenStream stream = parser.stream();
      List<Parameter> parameters = new ArrayList<>();
      stream.expect(TokenKind.LPAREN);
      boolean defaults = false;
      while (!stream.at(TokenKind.RPAREN)) {
        if (!parameters.isEmpty()) {
          stream.expect(TokenKind.COMMA);
        }
        String name = stream.expect(TokenKind.NAME).text();
        parser.parameter(name);
        if (stream.skipIf(TokenKind.ASSIGN)) {
          defaults = true;
          parameters.add(new Parameter(name, parser.expression()));
        } else if (defaults) {
          throw stream.fail("non-default argument follows default argument");
        } else {
          parameters.add(new Parameter(name, null));
        }
      }
      stream.next();
      return parameters;
    }
  }
}
