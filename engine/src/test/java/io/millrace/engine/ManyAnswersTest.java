package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.load.TinyModels;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.sampling.CounterBasedRandom;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.models.text.ModelText;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.ScoredToken;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenLogprobs;
import io.millrace.protocol.TokenRules;
import io.millrace.protocol.Usage;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole answers of the engine on a real, tiny model in float32, where every bit counts. */
final class ManyAnswersTest {
  private static final int TOKENS = 24;
  private static final List<Integer> PROMPT =
      IntStream.range(0, 40).map(i -> 30 + i * 7 % 200).boxed().toList();

  private static LanguageModel model;
  private static ModelText text;

  /** Chunks this small cut the prompt several times. */
  private static final int MAX_BATCHED_TOKENS = 16;

  @BeforeAll
  static void load(@TempDir Path folder) throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    text = ModelText.load(folder);
    model = TinyModels.load(folder, 4);
  }

  @AfterAll
  static void close() {
    model.close();
    text.close();
  }

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

  private static @Nullable String text(@Nullable PromptReport prompt) {
    return prompt == null ? null : prompt.text();
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

  private static void assertClose(ScoredToken token, double[] expected) {
    double logprob = expected[token.id()];
    assertThat(token.logprob()).isCloseTo(logprob, within(1e-4));
    long better =
        IntStream.range(0, expected.length).filter(i -> expected[i] > logprob + 1e-6).count();
    assertThat((long) token.rank()).isEqualTo(better + 1);
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

  private static String decoded(int id) {
    return text.tokenizer().decode(new int[] {id}, false);
  }

  private static int[] encoded(String word) {
    return text.tokenizer().encode(word, false);
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

  private static Reply.Finished answer(SamplingParams sampling, OutputParams output) {
    StopCriteria stop = StopCriteria.MODEL_DEFAULTS.withMaxTokens(TOKENS).ignoringEos();
    return answers(List.of(request("a", PROMPT, sampling, stop, output)), MAX_BATCHED_TOKENS)
        .get("a");
  }

  private static Map<String, Reply.Finished> answers(
      List<GenerationRequest> requests, int maxBatchedTokens) {
    int eos = text.tokenizer().id("</s>").orElseThrow();
    GenerationFactory factory =
        new GenerationFactory(
            text.tokenizer(),
            (prompt, params) -> array(((Prompt.Tokens) prompt).ids()),
            SamplingParams.NONE,
            Set.of(eos),
            model.spec().vocab(),
            EngineLimits.of(128, null, TOKENS, 16));
    Engine engine =
        new Engine(
            model,
            new Scheduler(
                new BlockManager(model.numBlocks(), model.blockSize()), 16, maxBatchedTokens));
    List<Reply> replies = new ArrayList<>();
    for (GenerationRequest request : requests) {
      engine.take(new EngineCommand.Submit(factory.create(request, 1, replies::add)));
    }
    while (engine.hasWork()) {
      engine.step();
    }
    return whole(replies);
  }

  private static Map<String, Reply.Finished> whole(List<Reply> replies) {
    Map<String, DeltaAggregator> pieces = new HashMap<>();
    Map<String, Reply.Finished> whole = new HashMap<>();
    for (Reply reply : replies) {
      pieces
          .computeIfAbsent(reply.id(), id -> new DeltaAggregator())
          .take(reply)
          .ifPresent(end -> whole.put(end.id(), end));
    }
    return whole;
  }

  private static GenerationRequest request(
      String id,
      List<Integer> prompt,
      SamplingParams sampling,
      StopCriteria stop,
      OutputParams output) {
    return request(id, new Prompt.Tokens(prompt), sampling, stop, output);
  }

  private static GenerationRequest request(
      String id, Prompt prompt, SamplingParams sampling, StopCriteria stop, OutputParams output) {
    ReplyAddress reply = new ReplyAddress("answers", null);
    return new GenerationRequest(
        id, "m", prompt, sampling, stop, output, true, Instant.EPOCH, null, reply);
  }

  private static SamplingParams sampling(
      double temperature, double topP, double repetition, @Nullable Long seed, TokenRules rules) {
    return SamplingParams.NONE
        .withTemperature(temperature)
        .withTopP(topP)
        .withRepetitionPenalty(repetition)
        .withSeed(seed)
        .withRules(rules);
  }

  private static float[][] logitsOf(List<Integer> tokens) {
    Scheduler scheduler =
        new Scheduler(new BlockManager(model.numBlocks(), model.blockSize()), 1, 512);
    scheduler.add(new Sequence("all", 0, 0, array(tokens)));
    return model.logitsOfAllTokens(scheduler.schedule());
  }

  private static double[] logprobs(float[] logits) {
    double sum = IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i])).sum();
    return IntStream.range(0, logits.length).mapToDouble(i -> logits[i] - Math.log(sum)).toArray();
  }

  private static double mean(Reply.Choice choice) {
    return choice.logprobs().stream()
        .mapToDouble(place -> Objects.requireNonNull(place.token().logprob()))
        .average()
        .orElseThrow();
  }

  private static List<Integer> ids(Reply.Choice choice) {
    return choice.logprobs().stream().map(place -> place.token().id()).toList();
  }

  private static int[] array(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
