package io.millrace.toolparser;

import static io.millrace.toolparser.FormatCase.of;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Notations that are JSON objects, between tags or after one. */
final class JsonFormatsTest {

  @TestFactory
  Stream<DynamicTest> hermes() {
    OutputFormat format = Answer.format("hermes");
    return Stream.of(
            of("no call", "Hello <b>you</b>, 1 < 2.\n", "Hello <b>you</b>, 1 < 2.\n"),
            of("nothing", "", ""),
            of(
                "one call",
                "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>",
                "",
                "weather {\"city\": \"Oslo\"}"),
            of(
                "two calls and text around them",
                "First.\n<tool_call>\n{\"name\":\"now\",\"arguments\":{}}\n</tool_call>\n<tool_call>\n"
                    + "{\"name\":\"weather\",\"arguments\":{\"days\":3}}\n</tool_call>\nLast.",
                "First.\nLast.",
                "now {}",
                "weather {\"days\":3}"),
            of(
                "a list of calls",
                "<tool_call>[{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"now\"}]</tool_call>",
                "",
                "now {}",
                "now {}"),
            of(
                "several in one pair of tags",
                "<tool_call>{\"name\": \"now\"}\n{\"name\": \"weather\", \"arguments\": {}}</tool_call>",
                "",
                "now {}",
                "weather {}"),
            of(
                "arguments first",
                "<tool_call>{\"arguments\": {\"a\": [1, {}]}, \"name\": \"now\"}</tool_call>",
                "",
                "now {\"a\": [1, {}]}"),
            of(
                "arguments as a string",
                "<tool_call>{\"name\": \"now\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>",
                "",
                "now {\"a\": 1}"),
            of(
                "arguments as Python prints them",
                "<tool_call>{\"name\": \"now\", \"arguments\": {'a': True, 'b': 'c\"'}}</tool_call>",
                "",
                "now {\"a\": true, \"b\": \"c\\\"\"}"),
            of(
                "arguments that are broken from the start",
                "<tool_call>{\"name\": \"now\", \"arguments\": {a: 1}}</tool_call>",
                "<tool_call>{\"name\": \"now\", \"arguments\": {a: 1}}</tool_call>"),
            of(
                "arguments null",
                "<tool_call>{\"name\": \"now\", \"arguments\": null}</tool_call>",
                "",
                "now {}"),
            of(
                "OpenAI's own shape",
                "<tool_call>{\"id\": \"x\", \"type\": \"function\", \"function\": {\"name\": \"now\", "
                    + "\"arguments\": {\"a\": 1}}}</tool_call>",
                "",
                "now {\"a\": 1}"),
            of(
                "nested quotes, braces and tags in a string",
                "<tool_call>{\"name\":\"search\",\"arguments\":{\"query\":\"say \\\"{[</tool_call>\\\" \\\\\"}}"
                    + "</tool_call>",
                "",
                "search {\"query\":\"say \\\"{[</tool_call>\\\" \\\\\"}"),
            of(
                "unicode",
                "Grüße 🌍 <tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"São 東京 🌦 \\u00e9\"}}"
                    + "</tool_call> ok 🌍",
                "Grüße 🌍 ok 🌍",
                "weather {\"city\":\"São 東京 🌦 \\u00e9\"}"),
            of(
                "a line break and a stray backslash in a string are mended",
                "<tool_call>{\"name\":\"search\",\"arguments\":{\"query\":\"a\nb\\d\\u12x\"}}</tool_call>",
                "",
                "search {\"query\":\"a\\nb\\\\d\\\\u12x\"}"),
            of(
                "a function that was not offered",
                "<tool_call>{\"name\": \"fly\", \"arguments\": {}}</tool_call>",
                "",
                "fly {}"),
            of(
                "one brace too many",
                "<tool_call>{\"name\": \"now\", \"arguments\": {}}}</tool_call>",
                "",
                "now {}"),
            of(
                "one brace too few",
                "<tool_call>{\"name\": \"now\", \"arguments\": {}</tool_call>",
                "</tool_call>",
                "now {}"),
            of("no closing tag", "<tool_call>{\"name\": \"now\", \"arguments\": {}}", "", "now {}"),
            of(
                "half a closing tag",
                "<tool_call>{\"name\": \"now\", \"arguments\": {}}\n</tool_",
                "",
                "now {}"),
            of(
                "text in place of the closing tag",
                "<tool_call>{\"name\": \"now\", \"arguments\": {}} and so on",
                " and so on",
                "now {}"),
            of(
                "the answer ends in the arguments",
                "<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Os",
                "",
                "weather {\"city\": \"Os ..."),
            of(
                "the answer ends before the arguments",
                "Well <tool_call>{\"name\": \"weather\", \"argu",
                "Well <tool_call>{\"name\": \"weather\", \"argu"),
            of("half an opening tag", "Well <tool_ca", "Well <tool_ca"),
            of("only the tags", "<tool_call></tool_call>", "<tool_call></tool_call>"),
            of(
                "no JSON",
                "<tool_call>weather(Oslo)</tool_call>",
                "<tool_call>weather(Oslo)</tool_call>"),
            of(
                "no name",
                "a <tool_call>{\"arguments\": {}}</tool_call> b",
                "a <tool_call>{\"arguments\": {}}</tool_call> b"),
            of(
                "an empty name",
                "<tool_call>{\"name\": \"\", \"arguments\": {}}</tool_call>",
                "<tool_call>{\"name\": \"\", \"arguments\": {}}</tool_call>"),
            of(
                "arguments that are no object",
                "<tool_call>{\"name\": \"now\", \"arguments\": [1]}</tool_call>",
                "<tool_call>{\"name\": \"now\", \"arguments\": [1]}</tool_call>"),
            of("an empty list", "<tool_call>[]</tool_call>", "<tool_call>[]</tool_call>"),
            of(
                "malformed within the arguments",
                "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": 1, oops}}</tool_call> then",
                "oops}}</tool_call> then",
                "now {\"a\": 1,  ..."),
            of(
                "a malformed call before a good one",
                "<tool_call>{name}</tool_call>\n<tool_call>{\"name\": \"now\"}</tool_call>",
                "<tool_call>{name}</tool_call>",
                "now {}"),
            of(
                "an opening tag twice",
                "<tool_call><tool_call>{\"name\": \"now\"}</tool_call>",
                "<tool_call>",
                "now {}"))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> llama3() {
    OutputFormat format = Answer.format("llama3_json");
    return Stream.of(
            of(
                "one call",
                "{\"name\": \"weather\", \"parameters\": {\"city\": \"Oslo\"}}",
                "",
                "weather {\"city\": \"Oslo\"}"),
            of(
                "after the tag",
                "<|python_tag|>{\"type\": \"function\", \"name\": \"now\", \"parameters\": {}}",
                "",
                "now {}"),
            of(
                "a type, and the name as function",
                " {\"type\": \"function\", \"function\": \"now\", \"parameters\": {}}",
                "",
                "now {}"),
            of(
                "two calls",
                "{\"name\": \"now\", \"parameters\": {}}; {\"name\": \"weather\", \"parameters\": {\"days\": 1}}",
                "",
                "now {}",
                "weather {\"days\": 1}"),
            of(
                "a built-in tool",
                "<|python_tag|>search.call(query=\"so \\\"what\\\"\")",
                "",
                "search {\"query\": \"so \\\"what\\\"\"}"),
            of("code", "<|python_tag|>print(\"a\")", "<|python_tag|>print(\"a\")"),
            of(
                "text after the call",
                "{\"name\": \"now\", \"parameters\": {}}\nThat is all.",
                "\nThat is all.",
                "now {}"),
            of(
                "text before it",
                "So: {\"name\": \"now\", \"parameters\": {}}",
                "So: {\"name\": \"now\", \"parameters\": {}}"),
            of("an answer in JSON", "{\"answer\": 42}", "{\"answer\": 42}"),
            of(
                "an answer with a name",
                "{\"name\": \"Ada\", \"parameters\": {}}",
                "{\"name\": \"Ada\", \"parameters\": {}}"),
            of(
                "a further member",
                "{\"name\": \"now\", \"age\": 3}",
                "{\"name\": \"now\", \"age\": 3}"),
            of(
                "unicode",
                "{\"name\":\"weather\",\"parameters\":{\"city\":\"東京 🌦\"}}",
                "",
                "weather {\"city\":\"東京 🌦\"}"),
            of("only a brace", "{", "{"))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> mistral() {
    OutputFormat format = Answer.format("mistral");
    return Stream.of(
            of(
                "the list",
                "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}, \"id\": \"abcdefghi\"}]",
                "",
                "weather {\"city\": \"Oslo\"}"),
            of(
                "two in the list, and text around",
                "Ok. [TOOL_CALLS][{\"arguments\": {}, \"name\": \"now\"}, {\"name\": \"search\", \"arguments\": "
                    + "{\"query\": \"[TOOL_CALLS]\"}}] done",
                "Ok. done",
                "now {}",
                "search {\"query\": \"[TOOL_CALLS]\"}"),
            of(
                "the name before its arguments",
                "[TOOL_CALLS]weather[ARGS]{\"city\": \"Oslo 🌦\"}",
                "",
                "weather {\"city\": \"Oslo 🌦\"}"),
            of(
                "two of these",
                "Hm.[TOOL_CALLS]now[ARGS]{}[TOOL_CALLS]now[CALL_ID]123456789[ARGS]{\"a\": \"\\\"}\"}",
                "Hm.",
                "now {}",
                "now {\"a\": \"\\\"}\"}"),
            of("without a word between", "[TOOL_CALLS]now{}", "", "now {}"),
            of("an open list", "[TOOL_CALLS][{\"name\": \"now\"}", "", "now {}"),
            of(
                "a broken second call",
                "[TOOL_CALLS][{\"name\": \"now\"}, {\"nam\": ",
                ", {\"nam\": ",
                "now {}"),
            of("only the tag", "a [TOOL_CALLS]", "a [TOOL_CALLS]"),
            of("only a name", "[TOOL_CALLS]now", "[TOOL_CALLS]now"),
            of("a name and text", "[TOOL_CALLS]now or never", "[TOOL_CALLS]now or never"),
            of("no arguments", "[TOOL_CALLS]now[ARGS]", "[TOOL_CALLS]now[ARGS]"),
            of("an empty list", "[TOOL_CALLS][]", "[TOOL_CALLS][]"),
            of("brackets of other kinds", "see [TOOL] and [1]", "see [TOOL] and [1]"),
            of("broken arguments", "[TOOL_CALLS]now[ARGS]{\"a\" 1}", "1}", "now {\"a\"  ..."))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> granite() {
    OutputFormat format = Answer.format("granite");
    return Stream.of(
            of(
                "two calls",
                "<|tool_call|>[{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"weather\", \"arguments\": "
                    + "{\"city\": \"Zürich \\\"\\\"\"}}]",
                "",
                "now {}",
                "weather {\"city\": \"Zürich \\\"\\\"\"}"),
            of(
                "the tag of 3.0",
                "<tool_call>[{\"name\": \"now\", \"arguments\": {}}]",
                "",
                "now {}"),
            of("text around", "a <|tool_call|> [{\"name\": \"now\"}] b", "a b", "now {}"),
            of("no list", "<|tool_call|>none", "<|tool_call|>none"),
            of("cut", "<|tool_call|>[{\"name\": \"now\", ", "<|tool_call|>[{\"name\": \"now\", "))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> granite20b() {
    OutputFormat format = Answer.format("granite-20b-fc");
    return Stream.of(
            of(
                "two calls",
                "<function_call> {\"name\": \"now\", \"arguments\": {}}\n<function_call> {\"name\": \"weather\", "
                    + "\"arguments\": {\"city\": \"東\"}}",
                "",
                "now {}",
                "weather {\"city\": \"東\"}"),
            of("malformed", "<function_call> now()", "<function_call> now()"))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> cohereCommand() {
    OutputFormat format = Answer.format("cohere_command");
    return Stream.of(
            of(
                "two calls",
                "<|START_ACTION|>[\n    {\"tool_call_id\": \"0\", \"tool_name\": \"now\", \"parameters\": {}},\n"
                    + "    {\"tool_call_id\": \"1\", \"tool_name\": \"weather\", \"parameters\": {\"city\": \"Á \\\"\"}}\n"
                    + "]<|END_ACTION|>",
                "",
                "now {}",
                "weather {\"city\": \"Á \\\"\"}"),
            of("an answer", "<|START_RESPONSE|>Hello 🌍.<|END_RESPONSE|>", "Hello 🌍."),
            of("an open answer", "<|START_RESPONSE|>Hello", "Hello"),
            of(
                "malformed",
                "<|START_ACTION|>[{\"tool\": \"now\"}]<|END_ACTION|>",
                "<|START_ACTION|>[{\"tool\": \"now\"}]<|END_ACTION|>"))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> commandR() {
    OutputFormat format = Answer.format("command_r");
    return Stream.of(
            of(
                "two calls",
                "Action: ```json\n[\n    {\n        \"tool_name\": \"now\",\n        \"parameters\": {}\n    },\n"
                    + "    {\"tool_name\": \"weather\", \"parameters\": {\"city\": \"É \\\"x\\\"\"}}\n]\n```",
                "",
                "now {}",
                "weather {\"city\": \"É \\\"x\\\"\"}"),
            of(
                "text around",
                "Plan.\nAction:[{\"tool_name\":\"now\",\"parameters\":{}}] ok",
                "Plan. ok",
                "now {}"),
            of(
                "the choice to call nothing",
                "Action: ```json\n[{\"tool_name\": \"directly-answer\", \"parameters\": {}}]```",
                "Action: ```json\n[{\"tool_name\": \"directly-answer\", \"parameters\": {}}]```"),
            of("the word in a text", "Action: we go.", "Action: we go."))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> internLm() {
    OutputFormat format = Answer.format("internlm");
    return Stream.of(
            of(
                "one call",
                "I will.<|action_start|><|plugin|>\n{\"name\": \"weather\", \"parameters\": {\"city\": \"上海 \\\"\"}}"
                    + "<|action_end|>",
                "I will.",
                "weather {\"city\": \"上海 \\\"\"}"),
            of(
                "two calls",
                "<|action_start|> <|plugin|>{\"name\": \"now\", \"arguments\": {}}<|action_end|>\n"
                    + "<|action_start|> <|plugin|>{\"name\": \"now\"}<|action_end|>",
                "",
                "now {}",
                "now {}"),
            of(
                "another plugin",
                "<|action_start|><|interpreter|>\nprint()<|action_end|>",
                "<|action_start|><|interpreter|>\nprint()<|action_end|>"),
            of("malformed", "<|action_start|><|plugin|>{now}", "<|action_start|><|plugin|>{now}"))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> listsBetweenOtherTags() {
    String call = "[{\"name\": \"now\", \"arguments\": {\"a\": \"é\"}}, {\"name\": \"now\"}]";
    return Stream.of(
        of("jamba", "a <tool_calls>" + call + "</tool_calls>", "a", "now {\"a\": \"é\"}", "now {}")
            .test(Answer.format("jamba")),
        of("nemotron", "<TOOLCALL>" + call + "</TOOLCALL>", "", "now {\"a\": \"é\"}", "now {}")
            .test(Answer.format("nemotron_json")),
        of("phi", "functools" + call + " b", " b", "now {\"a\": \"é\"}", "now {}")
            .test(Answer.format("phi4_mini_json")),
        of("no list", "functools is a module", "functools is a module")
            .test(Answer.format("phi4_mini_json")));
  }
}
