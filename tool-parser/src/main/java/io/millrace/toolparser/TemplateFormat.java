package io.millrace.toolparser;

import io.millrace.toolparser.call.DeepSeekCalls;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds the notation of calls in the text of a chat template. */
final class TemplateFormat {

  /** One notation, and how a template shows that it is used. */
  private record Rule(ToolCallFormat format, Predicate<String> shows) {}

  /** The more special ones first: some words stand in the templates of several families. */
  private static final List<Rule> RULES =
      List.of(
          new Rule(
              ToolCallFormat.DEEPSEEK_V3, all(DeepSeekCalls.CALLS_BEGIN, "function", "```json")),
          new Rule(ToolCallFormat.DEEPSEEK_V31, all(DeepSeekCalls.CALLS_BEGIN)),
          new Rule(ToolCallFormat.MISTRAL_ARGS, all("[TOOL_CALLS]", "[ARGS]")),
          new Rule(ToolCallFormat.MISTRAL, all("[TOOL_CALLS]")),
          new Rule(ToolCallFormat.GRANITE, all("<|tool_call|>")),
          new Rule(
              ToolCallFormat.GRANITE_20B_FC, all("<function_call> ", "<|function_call_library|>")),
          new Rule(ToolCallFormat.COHERE_COMMAND, all("<|START_ACTION|>")),
          new Rule(ToolCallFormat.COMMAND_R, all("Action:", "tool_name")),
          new Rule(ToolCallFormat.INTERNLM, all("<|action_start|>", "<|plugin|>")),
          new Rule(ToolCallFormat.LFM2, all("<|tool_call_start|>[")),
          new Rule(ToolCallFormat.SEED_OSS, all("<seed:tool_call>", "<function=", "<parameter=")),
          new Rule(ToolCallFormat.QWEN3_CODER, all("<function=", "<parameter=")),
          new Rule(ToolCallFormat.JAMBA, all("<tool_calls>")),
          new Rule(ToolCallFormat.NEMOTRON_JSON, all("<TOOLCALL>")),
          new Rule(ToolCallFormat.PHI4_MINI_JSON, all("functools[")),
          new Rule(ToolCallFormat.HERMES, TemplateFormat::showsHermes),
          new Rule(ToolCallFormat.PYTHONIC, all("[func_name1(")),
          new Rule(ToolCallFormat.LLAMA3_JSON, TemplateFormat::showsLlama));

  private TemplateFormat() {}

  /** The notation of a template's model; null if the template shows none that is known here. */
  static @Nullable ToolCallFormat of(String template) {
    return RULES.stream()
        .filter(rule -> rule.shows.test(template))
        .map(Rule::format)
        .findFirst()
        .orElse(null);
  }

  private static Predicate<String> all(String... words) {
    return template -> List.of(words).stream().allMatch(template::contains);
  }

  /** GLM has the same tag around another notation. */
  private static boolean showsHermes(String template) {
    return template.contains("<tool_call>")
        && template.contains("arguments")
        && !template.contains("<arg_key>");
  }

  /** Functionary has Llama's tag beside a notation of its own. */
  private static boolean showsLlama(String template) {
    boolean asked = template.contains("\"name\": function name, \"parameters\":");
    return asked || (template.contains("<|python_tag|>") && !template.contains("<function="));
  }
}
