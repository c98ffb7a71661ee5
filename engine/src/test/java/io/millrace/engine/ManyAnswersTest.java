package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.sampling.CounterBasedRandom;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.ScoredToken;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenLogprobs;
import io.millrace.protocol.TokenRules;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several answers to a request, and what is told of their tokens. */
final class ManyAnswersTest extends WholeAnswers {
  @Test
  void severalAnswers_areThoseOfSeveralRequestsWithTheirSeeds() {
    SamplingParams sampling = sampling(1.2, 0.95, 1.1, 42L, TokenRules.NONE);
    Reply.Finished together = answer(sampling, OutputParams.TEXT.withN(3).withLogprobs(0));

    assertThat(together.choices()).extracting(Reply.Choice::index).containsExactly(0, 1, 2);
    assertThat(together.usage().completionTokens()).isEqualTo(3 * TOKENS);
    for (int i = 0; i < 3; i++) {
      SamplingParams alone = sampling.withSeed(CounterBasedRandom.seedOf(42, i));
      Reply.Finished one = answer(alone, OutputParams.TEXT.withLogprobs(0));
      assertThat(ids(together.choices().get(i)))
          .as("answer %d", i)
          .isEqualTo(ids(one.choices().get(0)));
    }
    assertThat(together.choices().stream().map(ManyAnswersTest::ids).distinct()).hasSize(3);
  }

  @Test
  void echoWithoutAnAnswer_takesAPromptAsLongAsTheContext() {
    List<Integer> prompt = IntStream.range(0, 128).map(i -> 30 + i * 11 % 200).boxed().toList();
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(0);
    OutputParams output = OutputParams.TEXT.withN(2).withPromptLogprobs(2).withEcho();

    Reply.Finished end =
        answers(
                List.of(request("a", prompt, SamplingParams.GREEDY, stop, output)),
                MAX_BATCHED_TOKENS)
            .get("a");

    assertThat(end.usage()).isEqualTo(new Usage(128, 0));
    assertThat(end.choices()).extracting(Reply.Choice::text).containsExactly("", "");
    assertThat(end.reason()).isEqualTo(FinishReason.LENGTH);
    List<TokenLogprobs> places = end.prompt(0).tokens();
    assertThat(places).hasSize(128);
    assertClose(places.get(127).token(), logprobs(logitsOf(prompt)[126]));
  }

  @Test
  void tokensOfAPrompt_areToldWithoutAStepHoweverManyTheyAre() {
    List<Integer> prompt = IntStream.range(0, 300).map(i -> 30 + i % 200).boxed().toList();
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(0);
    OutputParams output = OutputParams.TEXT.withPromptTokens(true).withEcho();

    Reply.Finished end =
        answers(
                List.of(request("a", prompt, SamplingParams.GREEDY, stop, output)),
                MAX_BATCHED_TOKENS)
            .get("a");

    assertThat(end.usage()).isEqualTo(new Usage(300, 0));
    assertThat(end.prompt(0).tokenIds()).isEqualTo(prompt);
    assertThat(end.prompt(0).tokenStrs()).hasSize(300);
    assertThat(end.prompt(0).text())
        .isEqualTo(text.tokenizer().decode(array(prompt), true))
        .isEqualTo(String.join("", end.prompt(0).tokenStrs()));
  }

  @Test
  void severalPrompts_areAnsweredAsEachAloneIs() {
    List<List<Integer>> prompts =
        List.of(PROMPT.subList(0, 9), PROMPT.subList(3, 40), PROMPT.subList(0, 20));
    SamplingParams sampling = sampling(1.2, 0.95, 1.1, 42L, TokenRules.NONE);
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(TOKENS).ignoringEos();
    for (OutputParams output :
        List.of(
            OutputParams.TEXT.withN(2).withPromptLogprobs(1).withEcho(),
            OutputParams.TEXT.withN(2).withBestOf(3).withLogprobs(0))) {
      Prompt batch = new Prompt.Batch(prompts.stream().<Prompt>map(Prompt.Tokens::new).toList());
      Reply.Finished together =
          answers(List.of(request("b", batch, sampling, stop, output)), MAX_BATCHED_TOKENS)
              .get("b");

      assertThat(together.choices())
          .extracting(Reply.Choice::index)
          .containsExactly(0, 1, 2, 3, 4, 5);
      assertThat(together.usage()).isEqualTo(new Usage(9 + 37 + 20, 3 * output.bestOf() * TOKENS));
      for (int i = 0; i < prompts.size(); i++) {
        Reply.Finished alone =
            answers(
                    List.of(request("a", prompts.get(i), sampling, stop, output)),
                    MAX_BATCHED_TOKENS)
                .get("a");
        assertThat(together.choices().subList(2 * i, 2 * i + 2))
            .extracting(Reply.Choice::text)
            .containsExactly(alone.choices().get(0).text(), alone.choices().get(1).text());
        assertThat(text(together.prompt(i))).isEqualTo(text(alone.prompt(0)));
      }
    }
  }

  @Test
  void promptsOfABatch_drawApartUnlessSeeded() {
    Prompt twice = new Prompt.Batch(List.of(new Prompt.Tokens(PROMPT), new Prompt.Tokens(PROMPT)));
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(TOKENS).ignoringEos();
    SamplingParams unseeded = sampling(1.5, 1, 1, null, TokenRules.NONE);
    Reply.Finished apart =
        answers(List.of(request("b", twice, unseeded, stop, OutputParams.TEXT)), 512).get("b");
    assertThat(apart.choices().get(0).text()).isNotEqualTo(apart.choices().get(1).text());

    Reply.Finished alike =
        answers(List.of(request("b", twice, unseeded.withSeed(3L), stop, OutputParams.TEXT)), 512)
            .get("b");
    assertThat(alike.choices().get(0).text()).isEqualTo(alike.choices().get(1).text());
  }

  @Test
  void equalSeeds_giveEqualTokensWhoeverSharesTheBatch() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      TokenRules rules = new TokenRules(i % 4, List.of(), i % 3 == 0 ? Map.of(40, 3.0) : Map.of());
      requests.add(
          request(
              "r" + i,
              PROMPT.subList(0, 1 + 3 * i),
              sampling(i % 5 == 0 ? 0 : 1.3, 0.7 + 0.025 * i, 1 + 0.1 * (i % 3), (long) i, rules),
              StopCriteria.MODEL_DEFAULTS,
              OutputParams.TEXT
                  .withN(1 + i % 2)
                  .withBestOf(2 + i % 3)
                  .withLogprobs(i % 2 == 0 ? 2 : 0)));
    }
    Map<String, Reply.Finished> together = answers(requests, 64);
    for (GenerationRequest request : requests) {
      Reply.Finished alone = answers(List.of(request), 512).get(request.id());
      Reply.Finished shared = together.get(request.id());
      for (int i = 0; i < request.output().n(); i++) {
        assertThat(ids(shared.choices().get(i))).isEqualTo(ids(alone.choices().get(i)));
        assertThat(shared.choices().get(i).text()).isEqualTo(alone.choices().get(i).text());
      }
    }
  }

  @Test
  void bestOf_givesTheLikeliestOfAll() {
    SamplingParams sampling = sampling(1.5, 1, 1, 7L, TokenRules.NONE);
    List<Reply.Choice> all =
        new ArrayList<>(answer(sampling, OutputParams.TEXT.withN(6).withLogprobs(0)).choices());
    all.sort((a, b) -> Double.compare(mean(b), mean(a)));

    Reply.Finished best =
        answer(sampling, OutputParams.TEXT.withN(2).withBestOf(6).withLogprobs(0));

    assertThat(best.choices()).extracting(Reply.Choice::index).containsExactly(0, 1);
    assertThat(ids(best.choices().get(0))).isEqualTo(ids(all.get(0)));
    assertThat(ids(best.choices().get(1))).isEqualTo(ids(all.get(1)));
    assertThat(best.usage().completionTokens()).isEqualTo(6 * TOKENS);
    Reply.Finished bare = answer(sampling, OutputParams.TEXT.withBestOf(6));
    assertThat(bare.text()).isEqualTo(best.text());
    assertThat(bare.choices().get(0).logprobs()).isEmpty();
  }

  @Test
  void logprobs_areThoseOfTheRawLogits() {
    SamplingParams sampling =
        sampling(1.4, 0.9, 1.3, 3L, new TokenRules(2, List.of(), Map.of(50, 5.0)));
    Reply.Finished answer =
        answer(sampling, OutputParams.TEXT.withLogprobs(4).withPromptLogprobs(3).withEcho());

    PromptReport prompt = Objects.requireNonNull(answer.prompt(0));
    assertThat(prompt.text()).isEqualTo(text.tokenizer().decode(array(PROMPT), true));
    assertThat(prompt.tokens().get(0).token().logprob()).isNull();
    List<Integer> all = new ArrayList<>(PROMPT);
    all.addAll(ids(answer.choices().get(0)));
    List<TokenLogprobs> places = new ArrayList<>(prompt.tokens());
    places.addAll(answer.choices().get(0).logprobs());
    float[][] logits = logitsOf(all);
    for (int i = 1; i < places.size(); i++) {
      double[] expected = logprobs(logits[i - 1]);
      ScoredToken token = places.get(i).token();
      assertThat(token.id()).isEqualTo(all.get(i));
      assertClose(token, expected);
      List<ScoredToken> top = places.get(i).top();
      assertThat(top).hasSize(i < PROMPT.size() ? 3 : 4);
      for (int j = 0; j < top.size(); j++) {
        assertThat(top.get(j).rank()).isEqualTo(j + 1);
        assertClose(top.get(j), expected);
      }
    }
  }

  @Test
  void offsets_sayWhereEachTokenBegins() {
    Reply.Choice choice =
        answer(sampling(1.5, 1, 1, 9L, TokenRules.NONE), OutputParams.TEXT.withLogprobs(0))
            .choices()
            .get(0);
    int length = choice.text().codePointCount(0, choice.text().length());
    int last = 0;
    for (TokenLogprobs place : choice.logprobs()) {
      assertThat(place.textOffset()).isBetween(last, length);
      last = place.textOffset();
      String whole = place.token().text();
      if (place.token().partialBytes() == null) {
        int begin = choice.text().offsetByCodePoints(0, last);
        assertThat(choice.text().substring(begin)).startsWith(whole);
      }
    }
  }
}
