package io.millrace.api.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.error.RequestFailed;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldNamesTest {
  private static final FieldNames NAMES =
      new FieldNames(Map.of("messages", "input", "max_tokens", "max_output_tokens"));

  @Test
  void refusal_namesWhatTheClientWrote() {
    RequestFailed refusal =
        NAMES.translated(
            new RequestFailed(
                FailureKind.INVALID,
                "max_tokens must be at most 5 (9 tokens in all, 4 of them in messages), but is 7",
                "max_tokens"));
    assertThat(refusal.param()).isEqualTo("max_output_tokens");
    assertThat(refusal)
        .hasMessage(
            "max_output_tokens must be at most 5 (9 tokens in all, 4 of them in input), but is 7");
    assertThat(NAMES.translated(new Invalid("messages[0]", "messages[0] is no object")))
        .hasMessage("input[0] is no object");
  }

  @Test
  void failureOfNoField_isLeftAsItIs() {
    RequestFailed failure = new RequestFailed(FailureKind.INTERNAL, "messages were lost");
    assertThat(NAMES.translated(failure)).isSameAs(failure);
  }
}
