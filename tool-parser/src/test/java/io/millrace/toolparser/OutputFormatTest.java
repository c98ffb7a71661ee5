package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OutputFormatTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "HERMES; {{ '<tool_call>{\"name\": ' + name + ', \"arguments\": ' }}",
        "QWEN3_CODER; <tool_call> <function=x> <parameter=y>",
        "LLAMA3_JSON; Respond as {\"name\": function name, \"parameters\": dictionary}",
        "LLAMA3_JSON; {{ '<|python_tag|>' + name + '.call(' }}",
        "PYTHONIC; Use [func_name1(params=value), ...]",
        "LFM2; <|tool_call_start|>[",
        "MISTRAL; [TOOL_CALLS][{",
        "MISTRAL_ARGS; [TOOL_CALLS] + name + [ARGS]",
        "DEEPSEEK_V3; <｜tool▁calls▁begin｜>function```json",
        "DEEPSEEK_V31; <｜tool▁calls▁begin｜>",
        "GRANITE; respond with <|tool_call|> and a list",
        "GRANITE_20B_FC; <|function_call_library|> <function_call> {",
        "COHERE_COMMAND; <|START_ACTION|> Action: tool_name",
        "COMMAND_R; Write Action: and tool_name",
        "INTERNLM; <|action_start|><|plugin|>",
        "JAMBA; <tool_calls>[",
        "NEMOTRON_JSON; <TOOLCALL>[",
        "PHI4_MINI_JSON; functools[{",
        "SEED_OSS; <seed:tool_call> <function=x> <parameter=y>",
        "; <tool_call>name <arg_key> arguments",
        "; {{ message.content }}",
      })
  void callFormat_isFoundInTemplate(ToolCallFormat format, String template) {
    assertThat(OutputFormat.of(template).toolCalls()).isEqualTo(format);
  }

  @Test
  void name_forcesFormat() {
    OutputFormat hermes = OutputFormat.of("<tool_call> arguments <think>");

    assertThat(hermes.withToolCallParser("mistral").toolCalls()).isEqualTo(ToolCallFormat.MISTRAL);
    assertThat(hermes.withToolCallParser("mistral").reasoning()).isEqualTo(ReasoningTags.THINK);
    assertThat(hermes.withToolCallParser("cohere").hiddenTags()).contains("<|START_RESPONSE|>");
  }

  @Test
  void nameOfTwoFormats_keepsTheOneOfTheTemplate() {
    OutputFormat newer = OutputFormat.of("[TOOL_CALLS] [ARGS]");

    assertThat(newer.withToolCallParser("mistral").toolCalls())
        .isEqualTo(ToolCallFormat.MISTRAL_ARGS);
  }

  @Test
  void forcedCalls_haveANotationWhereTheTemplateShowsNone() {
    assertThat(OutputFormat.TEXT.withForcedCalls().toolCalls()).isEqualTo(ToolCallFormat.HERMES);
    assertThat(OutputFormat.of("[TOOL_CALLS]").withForcedCalls().toolCalls())
        .isEqualTo(ToolCallFormat.MISTRAL);
  }

  @Test
  void unknownName_isRefusedWithAllNames() {
    assertThatThrownBy(() -> OutputFormat.TEXT.withToolCallParser("x".repeat(100)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "no tool call parser is called " + "x".repeat(64) + "..., only hermes,")
        .hasMessageContaining("llama3_json");
  }

  @Test
  void markers_areAllTagsOfTheModel() {
    assertThat(OutputFormat.of("<tool_call> arguments <think>").markers())
        .containsExactlyInAnyOrder("<tool_call>", "</tool_call>", "<think>", "</think>");
    assertThat(Answer.format("deepseek_v3").markers())
        .contains(
            "<｜tool▁calls▁begin｜>", "<｜tool▁sep｜>", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>");
    assertThat(Answer.format("mistral").markers()).contains("[TOOL_CALLS]", "[ARGS]", "[CALL_ID]");
    assertThat(Answer.format("cohere").markers()).contains("<|END_ACTION|>", "<|END_RESPONSE|>");
  }

  @Test
  void textWithoutFormat_staysAsItIs() {
    String text = " <think>a</think> <tool_call>{\"name\": \"now\"}</tool_call>\n ";

    assertThat(Answer.of(OutputFormat.TEXT, text).content()).isEqualTo(text);
  }

  @Test
  void withoutToolCalls_reasoningIsStillSplitOff() {
    OutputFormat format = OutputFormat.of("<tool_call> arguments <think>").withoutToolCalls();

    Answer answer = Answer.of(format, "<think>a</think><tool_call>");

    assertThat(answer.reasoning()).isEqualTo("a");
    assertThat(answer.content()).isEqualTo("<tool_call>");
  }
}
