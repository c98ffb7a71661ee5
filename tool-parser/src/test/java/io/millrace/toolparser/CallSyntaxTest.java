package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.toolparser.CallSyntax.FreeText;
import io.millrace.toolparser.CallSyntax.Json;
import io.millrace.toolparser.CallSyntax.Members;
import io.millrace.toolparser.CallSyntax.Part;
import io.millrace.toolparser.CallSyntax.Text;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

final class CallSyntaxTest {

  @ParameterizedTest
  @EnumSource
  void forcedCalls_areReadBack(ToolCallFormat format) {
    CallSyntax syntax = format.syntax();
    String calls =
        syntax.prefix()
            + text(syntax, "weather")
            + syntax.separator()
            + text(syntax, "search")
            + syntax.suffix();

    Answer answer = Answer.of(new OutputFormat(format, null, List.of()), calls);

    assertThat(answer.content()).isEmpty();
    assertThat(answer.calls().get(0)).startsWith("weather {").contains("\"city\": \"Oslo\"");
    assertThat(answer.calls().get(1)).startsWith("search {").contains("\"exact\": true");
    assertThat(answer.calls()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void trigger_beginsForcedCalls(ToolCallFormat format) {
    CallSyntax syntax = format.syntax();
    String calls = syntax.prefix() + text(syntax, "weather");

    boolean announced = syntax.triggers().stream().anyMatch(calls::startsWith);

    assertThat(announced).isEqualTo(format.bare() == ToolCallFormat.Bare.NEVER);
  }

  @Test
  void schema_namesTheFunctionAndKeepsDefinitions() {
    Json json =
        (Json)
            ToolCallFormat.HERMES.syntax().call("search", Answer.TOOLS.parameters("search")).get(1);

    assertThat(json.schema().keySet())
        .containsExactly("type", "properties", "required", "additionalProperties", "$defs");
    assertThat(
            JsonMapper.shared().valueToTree(json.schema()).at("/properties/name/const").asString())
        .isEqualTo("search");
  }

  @Test
  void functionWithoutSchema_takesAnyObject() {
    Json json = (Json) ToolCallFormat.MISTRAL_ARGS.syntax().call("now", Map.of()).get(1);

    assertThat(json.schema()).containsExactly(Map.entry("type", "object"));
  }

  /** The text of a call with a value for each parameter. */
  private static String text(CallSyntax syntax, String function) {
    return syntax.call(function, Answer.TOOLS.parameters(function)).stream()
        .map(part -> text(part, function))
        .collect(Collectors.joining());
  }

  private static String text(Part part, String function) {
    if (part instanceof Text it) {
      return it.text();
    }
    if (part instanceof FreeText) {
      return "Oslo";
    }
    if (part instanceof Members it) {
      return it.members().stream()
          .map(
              member ->
                  member.parts().stream()
                      .map(each -> text(each, function))
                      .collect(Collectors.joining()))
          .collect(Collectors.joining(it.separator()));
    }
    return value(JsonMapper.shared().valueToTree(((Json) part).schema()).toString(), function);
  }

  /** A value that is valid by one of the schemas that occur here. */
  private static String value(String schema, String function) {
    String arguments = function.equals("weather") ? "{\"city\": \"Oslo\"}" : "{\"exact\": true}";
    if (schema.contains("\"tool_name\"")) {
      return "{\"tool_name\": \"%s\", \"parameters\": %s}".formatted(function, arguments);
    }
    if (schema.contains("\"const\"")) {
      String key = schema.contains("\"arguments\"") ? "arguments" : "parameters";
      return "{\"name\": \"%s\", \"%s\": %s}".formatted(function, key, arguments);
    }
    if (schema.contains("\"properties\"")) {
      return arguments;
    }
    return scalar(schema);
  }

  private static String scalar(String schema) {
    if (schema.contains("\"boolean\"")) {
      return "true";
    }
    if (schema.contains("\"integer\"")) {
      return "3";
    }
    if (schema.contains("\"array\"")) {
      return "[]";
    }
    return schema.contains("\"object\"") ? "{}" : "\"Oslo\"";
  }
}
