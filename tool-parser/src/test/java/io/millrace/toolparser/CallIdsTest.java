package io.millrace.toolparser;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CallIdsTest {
  private static final String TWO =
      "<tool_call>[{\"name\": \"now\"}, {\"name\": \"now\"}]</tool_call>";

  @Test
  void openAiId_isPrefixAnd24Characters() {
    assertThat(CallIds.openAi("request", 0).id(0)).matches("call_[0-9A-Za-z]{24}");
  }

  @Test
  void mistralId_is9Characters() {
    assertThat(CallIds.mistral("request", 0).id(0)).matches("[0-9A-Za-z]{9}");
    assertThat(Answer.format("mistral").callIds("request", 0).id(0)).hasSize(9);
  }

  @Test
  void ids_areTheSameForTheSameAnswer() {
    Answer first = Answer.of(Answer.format("hermes"), TWO);
    Answer second = Answer.of(Answer.format("hermes"), TWO);

    assertThat(first.ids()).isEqualTo(second.ids()).doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void ids_differByRequestAndChoice() {
    assertThat(CallIds.openAi("a", 0).id(0))
        .isNotEqualTo(CallIds.openAi("b", 0).id(0))
        .isNotEqualTo(CallIds.openAi("a", 1).id(0));
  }
}
