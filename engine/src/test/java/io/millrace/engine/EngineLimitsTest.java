package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.StopCriteria;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EngineLimitsTest {
  @Test
  void of_leavesRoomForOneTokenOfThePromptAndTheAnswer() {
    assertThat(EngineLimits.of(512, null, null, null, 8))
        .isEqualTo(new EngineLimits(512, 512, 511, 511, 256, 8));
    assertThat(EngineLimits.of(100, null, null, null, 8))
        .isEqualTo(new EngineLimits(100, 100, 99, 99, 99, 8));
  }

  @Test
  void of_takesNoMoreThanTheModelAllows() {
    assertThat(EngineLimits.of(512, 9000, 9000, null, 8))
        .isEqualTo(new EngineLimits(512, 512, 511, 511, 511, 8));
    assertThat(EngineLimits.of(512, 128, 64, null, 8))
        .isEqualTo(new EngineLimits(512, 128, 64, 64, 64, 8));
  }

  @Test
  void outputLen_isTheDefaultOrWhatIsLeft() {
    EngineLimits limits = EngineLimits.of(512, null, null, null, 8);

    assertThat(outputLen(limits, "prompt", 10, asking(null))).isEqualTo(502);
    assertThat(outputLen(limits, "prompt", 511, asking(null))).isEqualTo(1);
    StopCriteria brief = StopCriteria.MODEL_DEFAULTS.shortByDefault();
    assertThat(outputLen(limits, "prompt", 10, brief)).isEqualTo(256);
    assertThat(outputLen(limits, "prompt", 500, brief)).isEqualTo(12);
    assertThat(outputLen(limits, "prompt", 10, brief.withMaxTokens(300))).isEqualTo(300);
    EngineLimits limited = EngineLimits.of(512, null, 400, null, 8);
    assertThat(outputLen(limited, "prompt", 10, asking(null))).isEqualTo(400);
    assertThat(outputLen(limited, "prompt", 10, brief)).isEqualTo(400);
  }

  @Test
  void outputLen_thatIsNotSaidIsWhatTheAuthorsRecommend() {
    EngineLimits limits = EngineLimits.of(512, null, null, 100, 8);
    StopCriteria brief = StopCriteria.MODEL_DEFAULTS.shortByDefault();

    assertThat(outputLen(limits, "prompt", 10, asking(null))).isEqualTo(100);
    assertThat(outputLen(limits, "prompt", 450, asking(null))).isEqualTo(62);
    assertThat(outputLen(limits, "prompt", 10, asking(300))).isEqualTo(300);
    assertThat(outputLen(limits, "prompt", 10, brief)).as("the seed's own").isEqualTo(256);
    assertThat(outputLen(EngineLimits.of(512, null, 64, 100, 8), "prompt", 10, asking(null)))
        .isEqualTo(64);
    assertThat(outputLen(EngineLimits.of(512, null, null, 9000, 8), "prompt", 10, asking(null)))
        .isEqualTo(502);
  }

  @Test
  void outputLen_ofNothingLeavesTheContextToThePrompt() {
    EngineLimits limits = EngineLimits.of(512, null, null, null, 8);

    assertThat(outputLen(limits, "prompt", 512, asking(0))).isZero();
    assertThat(limits.longestPrompt(asking(0))).isEqualTo(512);
    assertThatThrownBy(() -> outputLen(limits, "prompt", 513, asking(0)))
        .hasMessage("prompt has 513 tokens; at most 512 are allowed");
    assertThatThrownBy(() -> outputLen(limits, "prompt", 512, asking(1)))
        .hasMessage("prompt has 512 tokens; at most 511 are allowed");
    EngineLimits limited = EngineLimits.of(512, 128, null, null, 8);
    assertThatThrownBy(() -> outputLen(limited, "prompt", 129, asking(0)))
        .hasMessage("prompt has 129 tokens; at most 128 are allowed");
  }

  @Test
  void outputLen_thatIsNotSaidIsNoMoreThanAReplyTells() {
    EngineLimits limits = EngineLimits.of(32768, null, null, null, 8);
    int told = EngineLimits.told(OutputParams.TEXT.withLogprobs(4), false, 2);

    assertThat(told).isEqualTo(4000);
    assertThat(limits.outputLen("prompt", 10, asking(null), told)).isEqualTo(4000);
    assertThat(limits.outputLen("prompt", 10, asking(5000), told)).isEqualTo(5000);
    assertThat(EngineLimits.told(OutputParams.TEXT.withLogprobs(4), true, 2))
        .isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void longestPrompt_leavesRoomForTheAnswer() {
    EngineLimits limits = EngineLimits.of(512, null, null, null, 8);

    assertThat(limits.longestPrompt(asking(null))).isEqualTo(511);
    assertThat(limits.longestPrompt(asking(100))).isEqualTo(412);
    assertThat(EngineLimits.of(512, 128, null, null, 8).longestPrompt(asking(100))).isEqualTo(128);
  }

  private static int outputLen(EngineLimits limits, String param, int prompt, StopCriteria stop) {
    return limits.outputLen(param, prompt, stop, Integer.MAX_VALUE);
  }

  @Test
  void outputLen_isWhatIsAskedUpToTheLimit() {
    EngineLimits limits = EngineLimits.of(512, 128, 64, null, 8);

    assertThat(outputLen(limits, "prompt", 128, asking(64))).isEqualTo(64);
    assertThatThrownBy(() -> outputLen(limits, "prompt", 128, asking(65)))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo("max_tokens"))
        .hasMessage(
            "max_tokens must be at most 64 (512 tokens in all, 128 of them in prompt), but is 65");
    assertThatThrownBy(() -> outputLen(limits, "messages", 129, asking(null)))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo("messages"))
        .hasMessage("messages has 129 tokens; at most 128 are allowed");
  }

  @Test
  void outputLen_neverPassesTheEndOfTheModel() {
    EngineLimits limits = EngineLimits.of(512, null, 300, null, 8);

    assertThat(outputLen(limits, "prompt", 400, asking(112))).isEqualTo(112);
    assertThatThrownBy(() -> outputLen(limits, "prompt", 400, asking(113)))
        .isInstanceOf(Invalid.class)
        .hasMessageContaining("at most 112 (512 tokens in all, 400 of them in prompt)");
  }

  @Test
  void check_refusesMoreAnswersThanTheBatchHasPlaces() {
    EngineLimits limits = EngineLimits.of(512, null, null, null, 8);

    limits.check(OutputParams.TEXT.withN(8), false, 10, 100);
    assertThatThrownBy(() -> limits.check(OutputParams.TEXT.withN(9), false, 10, 100))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo("n"))
        .hasMessage("n must be at most 8, the worker's max_batch_size, but is 9");
    assertThatThrownBy(() -> limits.check(OutputParams.TEXT.withBestOf(9), false, 10, 100))
        .hasMessage("best_of must be at most 8, the worker's max_batch_size, but is 9");
  }

  @Test
  void check_refusesMoreLogprobsThanAReplyHolds() {
    EngineLimits limits = EngineLimits.of(8192, null, null, null, 8);
    OutputParams answer = OutputParams.TEXT.withLogprobs(20);
    OutputParams prompt = OutputParams.TEXT.withPromptLogprobs(20);

    limits.check(answer, false, 10, 1904);
    limits.check(answer, true, 10, 8000);
    assertThatThrownBy(() -> limits.check(answer, false, 10, 1905))
        .isInstanceOfSatisfying(Invalid.class, e -> assertThat(e.param()).isEqualTo("logprobs"))
        .hasMessage(
            "logprobs asks for up to 40005 log-probabilities, but a reply may hold at most 40000;"
                + " lower it, lower max_tokens or n, or stream");
    assertThatThrownBy(() -> limits.check(prompt, true, 1905, 10))
        .isInstanceOfSatisfying(
            Invalid.class, e -> assertThat(e.param()).isEqualTo("prompt_logprobs"))
        .hasMessageContaining("shorten the prompt");
  }

  private static StopCriteria asking(@Nullable Integer maxTokens) {
    return StopCriteria.MODEL_DEFAULTS.withMaxTokens(maxTokens);
  }
}
