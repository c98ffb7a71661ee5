package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.toolparser.OutputPiece.CallArguments;
import io.millrace.toolparser.OutputPiece.CallBegin;
import io.millrace.toolparser.OutputPiece.CallEnd;
import io.millrace.toolparser.OutputPiece.Content;
import io.millrace.toolparser.OutputPiece.Reasoning;
import io.millrace.toolparser.schema.ToolSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** The joined pieces of an answer. */
final class Answer {
  static final ToolSchemas TOOLS =
      tools(
          """
          [{"type": "function", "function": {"name": "weather", "parameters": {
             "type": "object", "required": ["city"], "properties": {
               "city": {"type": "string"}, "days": {"type": "integer"},
               "unit": {"enum": ["C", "F"]}, "when": {"type": ["string", "null"]}}}}},
           {"type": "function", "function": {"name": "search", "parameters": {
             "type": "object", "properties": {
               "query": {"type": "string"}, "tags": {"type": "array"},
               "options": {"$ref": "#/$defs/options"}, "exact": {"type": "boolean"},
               "score": {"anyOf": [{"type": "number"}, {"type": "string"}]}},
             "$defs": {"options": {"type": "object"}}}}},
           {"type": "function", "function": {"name": "now"}}]
          """);

  private final StringBuilder content = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<StringBuilder> calls = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private final StringBuilder open = new StringBuilder();
  private boolean isOpen;

  @SuppressWarnings("unchecked")
  static ToolSchemas tools(String json) {
    return ToolSchemas.of(
        ((List<Map<String, Object>>) (List<?>) JsonMapper.shared().readValue(json, List.class)));
  }

  static OutputFormat format(String parserName) {
    return OutputFormat.TEXT.withToolCallParser(parserName);
  }

  static Answer of(OutputFormat format, boolean reasoningIsOpen, List<String> texts) {
    Answer answer = new Answer();
    OutputParser parser =
        new OutputParser(format, TOOLS, format.callIds("request", 0), reasoningIsOpen);
    texts.forEach(text -> parser.append(text).forEach(answer::add));
    parser.finish().forEach(answer::add);
    assertThat(answer.isOpen).isFalse();
    return answer;
  }

  /** What is told of an answer that goes on. */
  static String soFar(OutputFormat format, boolean reasoningIsOpen, List<String> texts) {
    Answer answer = new Answer();
    OutputParser parser =
        new OutputParser(format, TOOLS, format.callIds("request", 0), reasoningIsOpen);
    texts.forEach(text -> parser.append(text).forEach(answer::add));
    return answer + (answer.isOpen ? answer.open.toString() : "");
  }

  static Answer of(OutputFormat format, String text) {
    return of(format, false, List.of(text));
  }

  private void add(OutputPiece piece) {
    piece.handle(
        (Content it) -> content.append(notEmpty(it.text())),
        (Reasoning it) -> reasoning.append(notEmpty(it.text())),
        this::begin,
        this::argument,
        this::end);
    assertThat(isOpen && (piece instanceof Content || piece instanceof Reasoning)).isFalse();
  }

  private static String notEmpty(String text) {
    assertThat(text).isNotEmpty();
    return text;
  }

  private void begin(CallBegin it) {
    assertThat(isOpen).isFalse();
    assertThat(it.index()).isEqualTo(calls.size());
    isOpen = true;
    open.setLength(0);
    ids.add(it.id());
    calls.add(new StringBuilder(notEmpty(it.name())).append(' '));
  }

  private void argument(CallArguments it) {
    assertThat(isOpen).isTrue();
    assertThat(it.index()).isEqualTo(calls.size() - 1);
    open.append(notEmpty(it.json()));
  }

  private void end(CallEnd it) {
    assertThat(isOpen).isTrue();
    assertThat(it.index()).isEqualTo(calls.size() - 1);
    isOpen = false;
    arguments.add(open.toString());
    if (it.complete()) {
      assertThat(JsonMapper.shared().readTree(open.toString()).isObject()).isTrue();
    }
    calls.get(it.index()).append(open).append(it.complete() ? "" : " ...");
  }

  String content() {
    return content.toString();
  }

  String reasoning() {
    return reasoning.toString();
  }

  List<String> ids() {
    return ids;
  }

  /** Each as {@code name arguments}, with three dots after one that is not complete. */
  List<String> calls() {
    return calls.stream().map(StringBuilder::toString).toList();
  }

  /** The arguments of each call as they came. */
  List<String> arguments() {
    return arguments;
  }

  @Override
  public String toString() {
    return "content %s, reasoning %s, calls %s"
        .formatted(content, reasoning, String.join(" + ", calls));
  }
}
