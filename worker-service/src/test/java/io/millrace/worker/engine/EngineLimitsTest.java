package io.millrace.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.StopCriteria;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EngineLimitsTest {
  @Test
  void of_leavesRoomForOneTokenOfThePromptAndTheAnswer() {
    assertThat(EngineLimits.of(512, null, null)).isEqualTo(new EngineLimits(512, 511, 511, 256));
    assertThat(EngineLimits.of(100, null, null)).isEqualTo(new EngineLimits(100, 99, 99, 99));
  }

  @Test
  void of_takesNoMoreThanTheModelAllows() {
    assertThat(EngineLimits.of(512, 9000, 9000)).isEqualTo(new EngineLimits(512, 511, 511, 511));
    assertThat(EngineLimits.of(512, 128, 64)).isEqualTo(new EngineLimits(512, 128, 64, 64));
  }

  @Test
  void outputLen_isTheDefaultOrWhatIsLeft() {
    EngineLimits limits = EngineLimits.of(512, null, null);

    assertThat(limits.outputLen("prompt", 10, asking(null))).isEqualTo(256);
    assertThat(limits.outputLen("prompt", 500, asking(null))).isEqualTo(12);
    assertThat(limits.outputLen("prompt", 511, asking(null))).isEqualTo(1);
  }

  @Test
  void outputLen_isWhatIsAskedUpToTheLimit() {
    EngineLimits limits = EngineLimits.of(512, 128, 64);

    assertThat(limits.outputLen("prompt", 128, asking(64))).isEqualTo(64);
    assertThatThrownBy(() -> limits.outputLen("prompt", 128, asking(65)))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo("max_tokens"))
        .hasMessage(
            "max_tokens must be at most 64 (512 tokens in all, 128 of them in prompt), but is 65");
    assertThatThrownBy(() -> limits.outputLen("messages", 129, asking(null)))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo("messages"))
        .hasMessage("messages has 129 tokens; at most 128 are allowed");
  }

  @Test
  void outputLen_neverPassesTheEndOfTheModel() {
    EngineLimits limits = EngineLimits.of(512, null, 300);

    assertThat(limits.outputLen("prompt", 400, asking(112))).isEqualTo(112);
    assertThatThrownBy(() -> limits.outputLen("prompt", 400, asking(113)))
        .isInstanceOf(Invalid.class)
        .hasMessageContaining("at most 112 (512 tokens in all, 400 of them in prompt)");
  }

  private static StopCriteria asking(@Nullable Integer maxTokens) {
    return new StopCriteria(maxTokens, 0, List.of(), List.of(), false);
  }
}
