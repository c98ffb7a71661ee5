package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.toolparser.CallSyntax.FreeText;
import io.millrace.toolparser.CallSyntax.Json;
import io.millrace.toolparser.CallSyntax.Matching;
import io.millrace.toolparser.CallSyntax.Members;
import io.millrace.toolparser.CallSyntax.OneOf;
import io.millrace.toolparser.CallSyntax.Part;
import io.millrace.toolparser.CallSyntax.Text;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

final class CallSyntaxTest {
  private static final List<String> TAGS = List.of("</parameter>", "</function>");

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
  void argumentsAreAnObject_whateverTheSchemaSays() {
    Json json = (Json) ToolCallFormat.MISTRAL_ARGS.syntax().call("now", Map.of()).get(1);

    assertThat(json.schema()).containsExactly(Map.entry("type", "object"));
  }

  @Test
  void schemaOfArguments_isTheRootOfItsReferences() {
    Map<String, Object> parameters = Answer.TOOLS.parameters("search");
    Json json = (Json) ToolCallFormat.HERMES.syntax().call("search", parameters).get(2);

    assertThat(json.schema()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{'minProperties':1}|minProperties of a function's parameters cannot be enforced",
        "{'properties':{'a':{'type':'string','format':'date'}}}|format of a parameter",
        "{'properties':{'a':{'type':['string','null'],'enum':['x',null]}}}|by its type alone",
        "{'required':['b']}|a required parameter is not among properties",
        "{'properties':{'a b':{'type':'integer'}}}|the name of a parameter must be 1 to 256"
      })
  void whatAPlaceForEachParameterCannotKeep_isRefused(String schema, String problem) {
    CallSyntax syntax = ToolCallFormat.QWEN3_CODER.syntax();

    assertThatThrownBy(() -> syntax.call("f", schema(schema)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void stringsOfXml_keepWhatASchemaSaysOfThem() {
    Map<String, Object> parameters =
        schema(
            "{'properties':{'a':{'type':'string','pattern':'^x','maxLength':5},"
                + "'b':{'enum':['C','F']},'c':{}}}");
    Members members = (Members) ToolCallFormat.QWEN3_CODER.syntax().call("f", parameters).get(1);

    assertThat(members.members())
        .extracting(member -> member.parts().get(1))
        .containsExactly(
            new FreeText("^x", 0, 5, TAGS, "\n</parameter>"),
            new OneOf(List.of("C", "F")),
            new FreeText("", 0, Integer.MAX_VALUE, TAGS, "\n</parameter>"));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> schema(String json) {
    return JsonMapper.shared().readValue(json.replace("'", "\""), Map.class);
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
    if (part instanceof FreeText it) {
      return "Oslo" + it.end();
    }
    if (part instanceof OneOf it) {
      return it.texts().get(0);
    }
    if (part instanceof Matching) {
      return "0";
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
    return schema.contains("\"properties\"")
        ? function.equals("weather") ? "{\"city\": \"Oslo\"}" : "{\"exact\": true}"
        : scalar(schema);
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
