package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.FinishReason;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which tokens may come, and which end an answer. */
final class TokenRulesTest extends WholeAnswers {
  @Test
  void stopString_cutsLogprobsWhereItCutsTheText() {
    SamplingParams greedy = SamplingParams.GREEDY;
    OutputParams output = OutputParams.TEXT.withLogprobs(0);
    Reply.Choice whole = answer(greedy, output).choices().get(0);
    int cut = whole.text().length() / 2;
    String stop = whole.text().substring(cut, cut + 2);
    int end = whole.text().indexOf(stop);

    StopCriteria stopping =
        StopCriteria.MODEL_DEFAULTS.withMaxTokens(TOKENS).withStop(stop).ignoringEos();
    Reply.Choice stopped =
        answers(List.of(request("s", PROMPT, greedy, stopping, output)), 512)
            .get("s")
            .choices()
            .get(0);

    assertThat(stopped.reason()).isEqualTo(FinishReason.STOP);
    assertThat(stopped.text()).isEqualTo(whole.text().substring(0, end));
    int points = whole.text().codePointCount(0, end);
    assertThat(stopped.logprobs())
        .isEqualTo(whole.logprobs().stream().filter(place -> place.textOffset() < points).toList());
  }

  @Test
  void noRepeatNgramSize_letsNoRunComeTwice() {
    for (int size : new int[] {1, 2, 3}) {
      TokenRules rules = new TokenRules(size, List.of(), Map.of());
      Reply.Finished answer =
          answer(sampling(0, 1, 1, 0L, rules), OutputParams.TEXT.withLogprobs(0));
      List<Integer> all = new ArrayList<>(PROMPT);
      all.addAll(ids(answer.choices().get(0)));
      Set<List<Integer>> runs = new HashSet<>();
      for (int i = 0; i + size <= all.size(); i++) {
        assertThat(runs.add(all.subList(i, i + size))).as("run at %d of %d", i, size).isTrue();
      }
    }
  }

  @Test
  void allowedTokens_areTheOnlyOnesThatCome() {
    for (double temperature : new double[] {0, 1.5}) {
      TokenRules rules = TokenRules.NONE.withAllowedTokenIds(List.of(40, 41, 57));
      Reply.Finished answer =
          answer(sampling(temperature, 1, 1, 3L, rules), OutputParams.TEXT.withLogprobs(0));
      assertThat(ids(answer.choices().get(0))).hasSize(TOKENS).isSubsetOf(40, 41, 57);
    }
  }

  @Test
  void allowedTokens_comeEvenWhereMinTokensForbidThem() {
    int eos = text.tokenizer().id("</s>").orElseThrow();
    TokenRules rules = TokenRules.NONE.withAllowedTokenIds(List.of(eos));
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(5).withMinTokens(3);
    Reply.Finished answer =
        answers(
                List.of(
                    request("e", PROMPT, sampling(0, 1, 1, 0L, rules), stop, OutputParams.TEXT)),
                512)
            .get("e");
    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    assertThat(answer.usage().completionTokens()).isEqualTo(1);
  }

  @Test
  void badWords_doNotCome() {
    SamplingParams greedy = SamplingParams.GREEDY;
    OutputParams output = OutputParams.TEXT.withLogprobs(0);
    int spelled =
        ids(answer(greedy, output).choices().get(0)).stream()
            .filter(id -> Arrays.equals(encoded(decoded(id)), new int[] {id}))
            .findFirst()
            .orElseThrow();

    TokenRules rules = TokenRules.NONE.withBadWords(decoded(spelled));
    assertThat(ids(answer(greedy.withRules(rules), output).choices().get(0)))
        .hasSize(TOKENS)
        .doesNotContain(spelled);
  }

  @Test
  void stopToken_isToldIfAskedFor() {
    int eos = text.tokenizer().id("</s>").orElseThrow();
    TokenRules rules = new TokenRules(0, List.of(eos), Map.of());
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(1).includingStop();
    OutputParams output = OutputParams.TEXT.withSpecialTokens();
    SamplingParams sampling = sampling(0, 1, 1, 0L, rules);
    assertThat(answers(List.of(request("e", PROMPT, sampling, stop, output)), 512).get("e").text())
        .isEqualTo("</s>");
    assertThat(
            answers(List.of(request("e", PROMPT, sampling, stop, OutputParams.TEXT)), 512)
                .get("e")
                .text())
        .isEmpty();
  }

  @Test
  void topP0_isGreedy() {
    SamplingParams sampling = sampling(1.5, 0, 1, 9L, TokenRules.NONE);
    assertThat(answer(sampling, OutputParams.TEXT).text())
        .isEqualTo(answer(SamplingParams.GREEDY, OutputParams.TEXT).text());
  }

  @Test
  void forcedEos_isTheLastTokenThatMaxTokensAllows() {
    int eos = text.tokenizer().id("</s>").orElseThrow();
    TokenRules rules = new TokenRules(0, List.of(eos), Map.of());
    SamplingParams sampling = sampling(0, 1, 1, 0L, rules);
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(5);
    OutputParams output = OutputParams.TEXT.withN(2).withLogprobs(0);

    Reply.Finished answer =
        answers(List.of(request("f", PROMPT, sampling, stop, output)), 512).get("f");

    assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    assertThat(answer.usage().completionTokens()).isEqualTo(10);
    assertThat(answer.choices().get(1).logprobs()).hasSize(4);
  }
}
