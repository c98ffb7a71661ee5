package io.millrace.toolparser;

import static io.millrace.toolparser.FormatCase.of;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Notations that are not JSON as a whole. */
final class OtherFormatsTest {

  private static String parameter(String key, String value) {
    return "<parameter=" + key + ">\n" + value + "\n</parameter>\n";
  }

  private static String xml(String name, String... parameters) {
    return "<tool_call>\n<function="
        + name
        + ">\n"
        + String.join("", parameters)
        + "</function>\n</tool_call>";
  }

  @TestFactory
  Stream<DynamicTest> qwen3Coder() {
    OutputFormat format = Answer.format("qwen3_coder");
    return Stream.of(
            of(
                "types of the schema",
                xml(
                    "weather",
                    parameter("city", "12"),
                    parameter("days", "3"),
                    parameter("unit", "C"),
                    parameter("when", "null")),
                "",
                "weather {\"city\": \"12\", \"days\": 3, \"unit\": \"C\", \"when\": null}"),
            of(
                "objects, lists, truth",
                xml(
                    "search",
                    parameter("tags", "['a', \"b\"]"),
                    parameter("options", "{\"deep\": {\"x\": [1]}}"),
                    parameter("exact", "True"),
                    parameter("score", "0.5")),
                "",
                "search {\"tags\": [\"a\", \"b\"], \"options\": {\"deep\": {\"x\": [1]}}, \"exact\": true, "
                    + "\"score\": 0.5}"),
            of(
                "values that are not of their type",
                xml("weather", parameter("days", "three"), parameter("when", "today")),
                "",
                "weather {\"days\": \"three\", \"when\": \"today\"}"),
            of(
                "an empty value",
                xml("weather", parameter("days", ""), parameter("city", "")),
                "",
                "weather {\"city\": \"\"}"),
            of("no parameters", xml("now"), "", "now {}"),
            of(
                "an object in place of parameters",
                xml("weather", "{\"city\": \"</function> 🌦\"}\n") + xml("now"),
                "",
                "weather {\"city\": \"</function> 🌦\"}",
                "now {}"),
            of(
                "nothing known of the function",
                xml("fly", parameter("to", "1")),
                "",
                "fly {\"to\": \"1\"}"),
            of(
                "two calls and text around",
                "First.\n"
                    + xml("now")
                    + "\n"
                    + xml("weather", parameter("city", "Oslo"))
                    + "\nLast.",
                "First.\nLast.",
                "now {}",
                "weather {\"city\": \"Oslo\"}"),
            of(
                "lines, quotes, tags and unicode in a string",
                xml(
                    "search",
                    parameter("query", "if (a < b) {\n  \"x\\y\";\n</b></parameter> 🌦\n")),
                "",
                "search {\"query\": \"if (a < b) {\\n  \\\"x\\\\y\\\";\\n</b></parameter> 🌦\\n\"}"),
            of(
                "on one line",
                "<tool_call><function=weather><parameter=city>Oslo</parameter></function></tool_call>",
                "",
                "weather {\"city\": \"Oslo\"}"),
            of(
                "no outer tag",
                "So <function=weather>\n"
                    + parameter("city", "Oslo")
                    + "</function>\n</tool_call> ok",
                "So ok",
                "weather {\"city\": \"Oslo\"}"),
            of(
                "no tag after the last value",
                "<tool_call>\n<function=weather>\n<parameter=city>\nOslo\n</function>\n</tool_call>",
                "",
                "weather {\"city\": \"Oslo\"}"),
            of(
                "no tag after the function",
                "<tool_call>\n<function=weather>\n" + parameter("city", "Oslo") + "</tool_call>",
                "",
                "weather {\"city\": \"Oslo\"}"),
            of(
                "the answer ends in a value",
                "<tool_call>\n<function=weather>\n<parameter=city>\nOsl",
                "",
                "weather {\"city\": \"Osl ..."),
            of(
                "the answer ends in a number",
                "<tool_call>\n<function=weather>\n<parameter=days>\n1",
                "<tool_call>\n<function=weather>\n<parameter=days>\n1"),
            of(
                "the answer ends in a second number",
                "<tool_call>\n<function=weather>\n"
                    + parameter("days", "1")
                    + "<parameter=days>\n2",
                "\n<parameter=days>\n2",
                "weather {\"days\": 1 ..."),
            of(
                "the answer ends in a name",
                "a <tool_call>\n<function=wea",
                "a <tool_call>\n<function=wea"),
            of("another function's tag", "a <function=fly> b", "a <function=fly> b"),
            of("the tag in a text", "use <function=now> so", "use <function=now> so"),
            of("no function", "<tool_call>{}</tool_call>", "<tool_call>{}</tool_call>"),
            of(
                "text after a closing tag makes it part of the value",
                "<tool_call><function=weather>"
                    + parameter("city", "a")
                    + "b</function></tool_call>",
                "",
                "weather {\"city\": \"a\\n</parameter>\\nb\"}"),
            of(
                "text before the first parameter",
                "<tool_call><function=weather>oops</function></tool_call>",
                "<tool_call><function=weather>oops</function></tool_call>"),
            of(
                "text after a function",
                "<tool_call><function=now></function>oops</tool_call>",
                "oops</tool_call>",
                "now {}"))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> pythonic() {
    OutputFormat format = Answer.format("pythonic");
    return Stream.of(
            of(
                "two calls",
                "[weather(city=\"Oslo\", days=3), now()]",
                "",
                "weather {\"city\": \"Oslo\", \"days\": 3}",
                "now {}"),
            of(
                "all literals",
                "[search(query='it\\'s \"so\"\\n', tags=['a', (1, -2.5, .5,),], options={'x': {\"y\": None}, }, "
                    + "exact=True, score=1_000)]",
                "",
                "search {\"query\": \"it's \\\"so\\\"\\n\", \"tags\": [\"a\", [1, -2.5, 0.5]], "
                    + "\"options\": {\"x\": {\"y\": null}}, \"exact\": true, \"score\": 1000}"),
            of(
                "unicode",
                "[weather(city='東京 🌦 \\u00e9\\x41\\U0001F30D')]",
                "",
                "weather {\"city\": \"東京 🌦 éA🌍\"}"),
            of(
                "between tags",
                "Ok <|python_start|>[now()]<|python_end|> done",
                "Ok done",
                "now {}"),
            of("alone between tags", "<|python_start|>now()<|python_end|>", "", "now {}"),
            of("text after", " [now()] and more", " and more", "now {}"),
            of("text before", "So: [now()]", "So: [now()]"),
            of("a list of something else", "[1, 2]", "[1, 2]"),
            of("a link", "[now](http://x)", "[now](http://x)"),
            of("another function", "[fly(to=1)]", "[fly(to=1)]"),
            of("arguments by place", "[weather(\"Oslo\")]", "[weather(\"Oslo\")]"),
            of("a calculation", "[weather(days=x+1)]", "[weather(days=x+1)]"),
            of("a comprehension", "[now(x) for x in y]", "[now(x) for x in y]"),
            of(
                "broken later on",
                "[weather(city=\"a\", days=oops)] b",
                ", days=oops)] b",
                "weather {\"city\": \"a\" ..."),
            of("cut in a string", "[weather(city=\"Os", "", "weather {\"city\": \"Os ..."),
            of("cut in a name", "[weath", "[weath"),
            of("the second one broken", "[now(), wea", ", wea", "now {}"))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> lfm2() {
    OutputFormat format = Answer.format("lfm2");
    return Stream.of(
            of(
                "two calls",
                "<|tool_call_start|>[now(), weather(city=\"Ö\")]<|tool_call_end|>Checking.",
                "Checking.",
                "now {}",
                "weather {\"city\": \"Ö\"}"),
            of(
                "malformed",
                "<|tool_call_start|>now<|tool_call_end|>",
                "<|tool_call_start|>now<|tool_call_end|>"))
        .map(each -> each.test(format));
  }

  @TestFactory
  Stream<DynamicTest> deepSeek() {
    OutputFormat format = Answer.format("deepseek_v3");
    String begin = "<｜tool▁calls▁begin｜>";
    String end = "<｜tool▁calls▁end｜>";
    String now = "<｜tool▁call▁begin｜>function<｜tool▁sep｜>now\n```json\n{}\n```<｜tool▁call▁end｜>";
    String oslo =
        "<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"```\\\" 東\"}\n```<｜tool▁call▁end｜>";
    return Stream.of(
            of(
                "two calls of V3",
                "Ok.\n" + begin + now + "\n" + oslo + end + " done",
                "Ok. done",
                "now {}",
                "weather {\"city\": \"```\\\" 東\"}"),
            of(
                "two calls of V3.1",
                begin
                    + "<｜tool▁call▁begin｜>now<｜tool▁sep｜>{}<｜tool▁call▁end｜>"
                    + "<｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": \"🌦\"}<｜tool▁call▁end｜>"
                    + end,
                "",
                "now {}",
                "weather {\"city\": \"🌦\"}"),
            of("without the outer words", now, "", "now {}"),
            of("cut after the arguments", begin + now.substring(0, now.length() - 8), "", "now {}"),
            of("no last word", begin + now, "", "now {}"),
            of("text in place of the last word", begin + now + "so", "so", "now {}"),
            of("only the first word", begin + "none", begin + "none"),
            of("no arguments", begin + "<｜tool▁call▁begin｜>x", begin + "<｜tool▁call▁begin｜>x"),
            of(
                "broken arguments",
                begin + "<｜tool▁call▁begin｜>now<｜tool▁sep｜>{\"a\": b}",
                "b}",
                "now {\"a\":  ..."),
            of(
                "arguments that are broken from the start",
                begin + "<｜tool▁call▁begin｜>now<｜tool▁sep｜>{a}",
                begin + "<｜tool▁call▁begin｜>now<｜tool▁sep｜>{a}"),
            of("a beginning of the first word", "<｜tool▁", "<｜tool▁"))
        .map(each -> each.test(format));
  }
}
