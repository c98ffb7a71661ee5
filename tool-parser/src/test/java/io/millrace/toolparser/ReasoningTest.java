package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class ReasoningTest {
  private static final OutputFormat QWEN3 =
      new OutputFormat(ToolCallFormat.HERMES, ReasoningTags.THINK, List.of());
  private static final String NOW = "<tool_call>{\"name\": \"now\"}</tool_call>";

  private record Case(
      String name, boolean isOpen, String text, String reasoning, String content, int calls) {
    DynamicTest test(OutputFormat format) {
      return dynamicTest(
          name,
          () -> {
            for (List<String> cut : Cuts.all(text)) {
              Answer answer = Answer.of(format, isOpen, cut);
              assertThat(answer.reasoning()).isEqualTo(reasoning);
              assertThat(answer.content()).isEqualTo(content);
              assertThat(answer.calls()).hasSize(calls);
            }
          });
    }
  }

  @TestFactory
  Stream<DynamicTest> reasoning_isSplitOff() {
    return Stream.of(
            new Case(
                "both",
                false,
                "<think>\nHm, 1 < 2.\n</think>\n\nYes. 🌍\n",
                "Hm, 1 < 2.",
                "Yes. 🌍\n",
                0),
            new Case("open already", true, "Hm.\n\nOk.\n</think>\n\nYes.", "Hm.\n\nOk.", "Yes.", 0),
            new Case("nothing in it", false, "<think>\n\n</think>\n\nYes.", "", "Yes.", 0),
            new Case("none", false, "Yes.", "", "Yes.", 0),
            new Case("never closed", true, "Hm. \n", "Hm. \n", "", 0),
            new Case("half a tag at the end", true, "Hm.\n</thi", "Hm.\n</thi", "", 0),
            new Case("half a tag at the start", false, "<thi", "", "<thi", 0),
            new Case("a tag later on", false, "The tag <think> is", "", "The tag <think> is", 0),
            new Case("a call after it", false, "<think>Hm</think>\n" + NOW, "Hm", "", 1),
            new Case("a call in place of its end", true, "Hm\n" + NOW + " ok", "Hm", " ok", 1),
            new Case(
                "what looks like a call",
                true,
                "a <tool_call> b</think>c",
                "a <tool_call> b",
                "c",
                0),
            new Case("a text and a call", true, "Hm</think>Wait.\n" + NOW, "Hm", "Wait.", 1),
            new Case("twice", false, "<think>a</think>\n<think>b</think>c", "ab", "c", 0))
        .map(each -> each.test(QWEN3));
  }

  @TestFactory
  Stream<DynamicTest> tagsOfOtherModels_areKnown() {
    OutputFormat cohere = OutputFormat.of("<|START_THINKING|> <|START_ACTION|>");
    OutputFormat granite = OutputFormat.of("<think></think> <response></response>");
    OutputFormat mistral = OutputFormat.of("[THINK] [TOOL_CALLS] [ARGS]");
    return Stream.of(
        new Case(
                "cohere",
                false,
                "<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Yes.<|END_RESPONSE|>",
                "Hm.",
                "Yes.",
                0)
            .test(cohere),
        new Case("granite", false, "<think>Hm</think>\n<response>Yes</response>", "Hm", "Yes", 0)
            .test(granite),
        new Case("mistral", false, "[THINK]Hm[/THINK]Ok[TOOL_CALLS]now[ARGS]{}", "Hm", "Ok", 1)
            .test(mistral));
  }

  @Test
  void bareCall_mayFollowReasoning() {
    OutputFormat format =
        new OutputFormat(ToolCallFormat.LLAMA3_JSON, ReasoningTags.THINK, List.of());

    Answer answer = Answer.of(format, "<think>Hm</think>{\"name\": \"now\", \"parameters\": {}}");

    assertThat(answer.calls()).containsExactly("now {}");
  }

  @Test
  void prompt_saysWhetherReasoningIsOpen() {
    assertThat(ReasoningTags.THINK.isOpenAfter("<|im_start|>assistant\n<think>\n")).isTrue();
    assertThat(ReasoningTags.THINK.isOpenAfter("assistant\n<think>\n\n</think>\n\n")).isFalse();
    assertThat(ReasoningTags.THINK.isOpenAfter("what is <think>?\nassistant\n")).isFalse();
    assertThat(ReasoningTags.THINK.isOpenWithin("<think>so I")).isTrue();
    assertThat(ReasoningTags.THINK.isOpenWithin("<think>so</think> I")).isFalse();
  }
}
