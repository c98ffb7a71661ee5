package io.millrace.toolparser;

import io.millrace.toolparser.CallSyntax.Body;
import io.millrace.toolparser.call.CallReader;
import io.millrace.toolparser.call.DeepSeekCalls;
import io.millrace.toolparser.call.JsonCalls;
import io.millrace.toolparser.call.LlamaCalls;
import io.millrace.toolparser.call.MistralCalls;
import io.millrace.toolparser.call.PythonicCalls;
import io.millrace.toolparser.call.XmlCalls;
import io.millrace.toolparser.schema.ToolSchemas;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * A notation in which models write tool calls. Names are those of vLLM's {@code
 * --tool-call-parser}; a second name is another model family with the same notation.
 */
public enum ToolCallFormat {
  /** Hermes, Qwen 2.5 and 3, SmolLM 2 and 3, Granite 4: JSON between tags. */
  HERMES(
      List.of("hermes", "qwen2_5", "qwen3", "smollm", "granite4"),
      syntax(Body.NAME_ARGUMENTS, "<tool_call>\n", "\n</tool_call>", "\n", "<tool_call>"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.until("</tool_call>")),

  /** Qwen3-Coder, Qwen 3.5 and later, Nemotron 3: tags for the function and each parameter. */
  QWEN3_CODER(
      List.of("qwen3_coder", "qwen3_xml", "nemotron_v3"),
      syntax(
          Body.XML,
          "<tool_call>\n<function=%s>\n",
          "\n</function>\n</tool_call>",
          "\n",
          "<tool_call>",
          XmlCalls.FUNCTION),
      Bare.NEVER,
      (trigger, tools) -> xml(trigger, "</tool_call>", tools)),

  /** Seed-OSS: as Qwen3-Coder, within another tag. */
  SEED_OSS(
      List.of("seed_oss"),
      syntax(
          Body.XML,
          "<seed:tool_call>\n<function=%s>\n",
          "\n</function>\n</seed:tool_call>",
          "\n",
          "<seed:tool_call>",
          XmlCalls.FUNCTION),
      Bare.NEVER,
      (trigger, tools) -> xml(trigger, "</seed:tool_call>", tools)),

  /** Llama 3.1 and later: a JSON object as the whole answer, or after a tag. */
  LLAMA3_JSON(
      List.of("llama3_json", "llama4_json"),
      new CallSyntax(List.of("<|python_tag|>"), "", "", Body.NAME_PARAMETERS, "", "; ", ""),
      Bare.OBJECT,
      (trigger, tools) ->
          trigger.isEmpty() ? JsonCalls.bare(tools::allows) : LlamaCalls.eitherForm(tools::allows)),

  /** Llama 3.2 and 4, ToolACE, Gemma 3: a list of Python calls as the whole answer. */
  PYTHONIC(
      List.of("pythonic", "llama4_pythonic"),
      new CallSyntax(List.of("<|python_start|>"), "[", "%s(", Body.PYTHON, ")", ", ", "]"),
      Bare.LIST,
      (trigger, tools) ->
          trigger.isEmpty()
              ? PythonicCalls.bare(tools::allows)
              : PythonicCalls.until("<|python_end|>")),

  /** LFM 2: a list of Python calls between tags. */
  LFM2(
      List.of("lfm2"),
      new CallSyntax(
          List.of("<|tool_call_start|>"),
          "<|tool_call_start|>[",
          "%s(",
          Body.PYTHON,
          ")",
          ", ",
          "]<|tool_call_end|>"),
      Bare.NEVER,
      (trigger, tools) -> PythonicCalls.until("<|tool_call_end|>")),

  /** Mistral, until about the end of 2024: a list of JSON objects after a tag. */
  MISTRAL(
      List.of("mistral"),
      list("[TOOL_CALLS][", Body.NAME_ARGUMENTS, "]", "[TOOL_CALLS]"),
      Bare.NEVER,
      (trigger, tools) -> MistralCalls.eitherForm()),

  /** Mistral, since then: the name and a JSON object after a tag for each call. */
  MISTRAL_ARGS(
      List.of("mistral"),
      syntax(Body.ARGUMENTS, "[TOOL_CALLS]%s[ARGS]", "", "", "[TOOL_CALLS]"),
      Bare.NEVER,
      (trigger, tools) -> MistralCalls.eitherForm()),

  /** DeepSeek V3 and R1. */
  DEEPSEEK_V3(
      List.of("deepseek_v3", "deepseek_r1"),
      deepSeek("function" + DeepSeekCalls.SEPARATOR + "%s\n```json\n", "\n```", "\n"),
      Bare.NEVER,
      (trigger, tools) -> deepSeek(trigger)),

  /** DeepSeek V3.1. */
  DEEPSEEK_V31(
      List.of("deepseek_v31"),
      deepSeek("%s" + DeepSeekCalls.SEPARATOR, "", ""),
      Bare.NEVER,
      (trigger, tools) -> deepSeek(trigger)),

  /** Granite 3: a list of JSON objects after a tag. */
  GRANITE(
      List.of("granite"),
      list("<|tool_call|>[", Body.NAME_ARGUMENTS, "]", "<|tool_call|>", "<tool_call>"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.open()),

  /** Granite 20B for functions: an object after a tag for each call. */
  GRANITE_20B_FC(
      List.of("granite-20b-fc"),
      syntax(Body.NAME_ARGUMENTS, "<function_call> ", "", "\n", "<function_call>"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.open()),

  /** Command R7B, Command A: a list of JSON objects between tags. */
  COHERE_COMMAND(
      List.of("cohere_command", "cohere_command3", "cohere"),
      list("<|START_ACTION|>[\n", Body.COHERE, "\n]<|END_ACTION|>", "<|START_ACTION|>"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.until("<|END_ACTION|>")) {
    @Override
    List<String> hiddenTags() {
      return List.of("<|START_RESPONSE|>", "<|END_RESPONSE|>", "<|START_TEXT|>", "<|END_TEXT|>");
    }
  },

  /** Command R and R+: a fenced list of JSON objects after a word. */
  COMMAND_R(
      List.of("command_r"),
      list("Action:\n```json\n[\n", Body.TOOL_NAME_PARAMETERS, "\n]\n```", "Action:"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.bare(tools::allows)),

  /** InternLM 2: a JSON object between tags. */
  INTERNLM(
      List.of("internlm", "internlm2"),
      syntax(
          Body.NAME_PARAMETERS,
          "<|action_start|><|plugin|>\n",
          "<|action_end|>",
          "",
          "<|action_start|><|plugin|>",
          "<|action_start|> <|plugin|>"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.until("<|action_end|>")),

  /** Jamba, Hunyuan, Apriel: a list of JSON objects between tags. */
  JAMBA(
      List.of("jamba", "hunyuan_a13b", "apriel"),
      list("<tool_calls>[", Body.NAME_ARGUMENTS, "]</tool_calls>", "<tool_calls>"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.until("</tool_calls>")),

  /** Nemotron Nano 2: as Jamba, between other tags. */
  NEMOTRON_JSON(
      List.of("nemotron_json"),
      list("<TOOLCALL>[", Body.NAME_ARGUMENTS, "]</TOOLCALL>", "<TOOLCALL>"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.until("</TOOLCALL>")),

  /** Phi-4-mini: a list of JSON objects after a word. */
  PHI4_MINI_JSON(
      List.of("phi4_mini_json"),
      list("functools[", Body.NAME_ARGUMENTS, "]", "functools"),
      Bare.NEVER,
      (trigger, tools) -> JsonCalls.open());

  /** Which calls no text announces: they can only be the whole answer. */
  enum Bare {
    NEVER(""),
    OBJECT("{"),
    LIST("[");

    private final String start;

    Bare(String start) {
      this.start = start;
    }

    /** Whether such a call may begin with the character. */
    boolean mayBeginWith(char c) {
      return start.indexOf(c) >= 0;
    }
  }

  private static final Pattern TAG = Pattern.compile("<[^<>=]+>|\\[[A-Z_]+]");

  private final List<String> parserNames;
  private final CallSyntax syntax;
  private final Bare bare;
  private final BiFunction<String, ToolSchemas, CallReader> reader;

  ToolCallFormat(
      List<String> parserNames,
      CallSyntax syntax,
      Bare bare,
      BiFunction<String, ToolSchemas, CallReader> reader) {
    this.parserNames = parserNames;
    this.syntax = syntax;
    this.bare = bare;
    this.reader = reader;
  }

  /** The names that {@code --tool-call-parser} takes for it, the usual one first. */
  public List<String> parserNames() {
    return parserNames;
  }

  /** How calls are written, for a grammar. */
  public CallSyntax syntax() {
    return syntax;
  }

  /** All names that {@code --tool-call-parser} takes. */
  public static List<String> allParserNames() {
    return Arrays.stream(values())
        .flatMap(format -> format.parserNames.stream())
        .distinct()
        .toList();
  }

  /** The formats of a name, none if it is unknown; more than one differ in age. */
  static List<ToolCallFormat> named(String parserName) {
    return Arrays.stream(values())
        .filter(format -> format.parserNames.contains(parserName))
        .toList();
  }

  /** The texts that begin calls wherever they come. */
  List<String> triggers() {
    return syntax.triggers();
  }

  /** The tags in and around calls, as far as they are always the same. */
  Set<String> markers() {
    Set<String> markers = new LinkedHashSet<>(syntax.triggers());
    String all = syntax.prefix() + syntax.before() + syntax.after() + syntax.suffix();
    TAG.matcher(all).results().forEach(tag -> markers.add(tag.group()));
    markers.addAll(furtherTags());
    return markers;
  }

  /** Tags that models may write but need not. */
  List<String> furtherTags() {
    return switch (this) {
      case MISTRAL, MISTRAL_ARGS -> List.of("[ARGS]", "[CALL_ID]");
      case PYTHONIC -> List.of("<|python_end|>");
      default -> List.of();
    };
  }

  /** Tags around text that are no part of it. */
  List<String> hiddenTags() {
    return List.of();
  }

  Bare bare() {
    return bare;
  }

  /**
   * A reader of what follows a trigger.
   *
   * @param trigger empty for a call that nothing announces
   */
  CallReader reader(String trigger, ToolSchemas tools) {
    return reader.apply(trigger, tools);
  }

  private static CallSyntax syntax(
      Body body, String before, String after, String separator, String... triggers) {
    return new CallSyntax(List.of(triggers), "", before, body, after, separator, "");
  }

  private static CallSyntax list(String prefix, Body body, String suffix, String... triggers) {
    return new CallSyntax(List.of(triggers), prefix, "", body, "", ", ", suffix);
  }

  private static CallSyntax deepSeek(String before, String after, String separator) {
    return new CallSyntax(
        List.of(DeepSeekCalls.CALLS_BEGIN, DeepSeekCalls.CALL_BEGIN),
        DeepSeekCalls.CALLS_BEGIN,
        DeepSeekCalls.CALL_BEGIN + before,
        Body.ARGUMENTS,
        after + DeepSeekCalls.CALL_END,
        separator,
        DeepSeekCalls.CALLS_END);
  }

  private static CallReader deepSeek(String trigger) {
    return trigger.equals(DeepSeekCalls.CALL_BEGIN) ? DeepSeekCalls.one() : DeepSeekCalls.all();
  }

  private static CallReader xml(String trigger, String closer, ToolSchemas tools) {
    return trigger.equals(XmlCalls.FUNCTION)
        ? XmlCalls.bare(closer, tools)
        : XmlCalls.within(closer, tools);
  }
}
