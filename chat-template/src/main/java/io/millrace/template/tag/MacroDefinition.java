package io.millrace.template.tag;

import io.millrace.template.expression.Expression;
import io.millrace.template.lexer.TokenKind;
import io.millrace.template.lexer.TokenStream;
import io.millrace.template.tree.Block;
import java.util.ArrayList;
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
    String name, List<Parameter> parameters, Set<String> special, Block body, int levels) {
  /** Parses from the parameters, or their absence, to the end of the block. */
  static MacroDefinition parse(
      TemplateParser parser, String name, String end, Runnable betweenParametersAndBlock) {
    Parts parts = new Parts();
    int levels =
        parser.levelsIn(
            () -> {
              boolean optional = !end.equals("endmacro");
              if (!optional || parser.stream().at(TokenKind.LPAREN)) {
                parts.parameters = parser.surroundings().scoped(() -> parameters(parser));
              }
              betweenParametersAndBlock.run();
              parts.names =
                  parser.namesIn(
                      () -> parts.body = parser.surroundings().function(() -> parser.body(end)));
              parser.stream().next();
            });
    Set<String> special = Set.of("caller", "kwargs", "varargs");
    parts.names.retainAll(special);
    parts.parameters.stream()
        .filter(parameter -> !parameter.name().equals("caller"))
        .forEach(parameter -> parts.names.remove(parameter.name()));
    checkCaller(parser, parts);
    return new MacroDefinition(name, parts.parameters, Set.copyOf(parts.names), parts.body, levels);
  }

  private static void checkCaller(TemplateParser parser, Parts parts) {
    boolean bare =
        parts.parameters.stream()
            .anyMatch(
                parameter -> parameter.name().equals("caller") && parameter.defaultValue() == null);
    if (bare && parts.names.contains("caller")) {
      throw parser.stream()
          .fail(
              "When defining macros or call blocks the special \"caller\" argument must be omitted"
                  + " or be given a default.");
    }
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

  boolean reads(String name) {
    return special.contains(name);
  }

  boolean hasParameter(String name) {
    return parameters.stream().anyMatch(parameter -> parameter.name().equals(name));
  }

  /** A parameter with what it is where it is not given. */
  record Parameter(String name, @Nullable Expression defaultValue) {}

  private static final class Parts {
    private List<Parameter> parameters = List.of();
    private Set<String> names = Set.of();
    private Block body = Block.EMPTY;
  }
}
