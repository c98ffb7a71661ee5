package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.speculation.NgramSpeculation;
import io.millrace.engine.speculation.Speculation;
import io.millrace.engine.speculation.Speculator;
import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.DeltaAggregator;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyTracker;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.StructuredOutputs;
import io.millrace.protocol.TokenLogprobs;
import io.millrace.protocol.TokenRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers with speculation are those without it, whatever is asked for: in float32 token for token.
 */
final class SpeculationTest extends WholeAnswers {
  private static final int LONG = 48;

  /** Tokens of a passage that stands twice in the prompt already. */
  private static final List<Integer> COPIED =
      Stream.of(PROMPT.subList(0, 12), PROMPT.subList(0, 12), PROMPT.subList(0, 3))
          .flatMap(List::stream)
          .toList();

  private static final List<Integer> RANDOM = new Random(7).ints(33, 30, 230).boxed().toList();

  /** So few that what comes has often been there before, even if it is drawn. */
  private static final TokenRules FEW = TokenRules.NONE.withAllowedTokenIds(List.of(40, 41, 42));

  private static final SamplingParams GREEDY = SamplingParams.GREEDY;
  private static final SamplingParams DRAWN =
      SamplingParams.NONE.withTemperature(1.0).withSeed(11L);
  private static final SamplingParams DRAWN_FROM_FEW = DRAWN.withRules(FEW);
  private static final StopCriteria STOP =
      StopCriteria.MODEL_DEFAULTS.withMaxTokens(LONG).ignoringEos();

  /** Chunks of prompts, a prefix cache, and blocks for one long answer. */
  private static final Conditions SCARCE =
      new Conditions(Policy.mixed(16, MAX_BATCHED_TOKENS), 30, true);

  /** The conditions of a run. */
  private record Conditions(Policy policy, int numBlocks, boolean prefixCache) {
    static final Conditions PLAIN = new Conditions(Policy.mixed(16, 512), 256, false);
  }

  /** The replies of a run, and what was proposed in it. */
  private record Run(List<Reply> replies, EngineStatus.Drafts drafts, long preemptions) {}

  private static Stream<Arguments> wishes() {
    SamplingParams penalized =
        DRAWN_FROM_FEW
            .withRepetitionPenalty(1.2)
            .withPresencePenalty(0.3)
            .withFrequencyPenalty(0.1);
    return Stream.of(
        wish("greedy", GREEDY, STOP, OutputParams.TEXT),
        wish("drawn", DRAWN, STOP, OutputParams.TEXT),
        wish("drawn from few", DRAWN_FROM_FEW, STOP, OutputParams.TEXT),
        wish("filtered", DRAWN_FROM_FEW.withTopP(0.7).withTopK(3), STOP, OutputParams.TEXT),
        wish("penalties", penalized, STOP, OutputParams.TEXT),
        wish(
            "n-grams that may not repeat",
            DRAWN.withRules(new TokenRules(5, List.of(), Map.of(40, 60.0, 41, 60.0, 42, 60.0))),
            STOP,
            OutputParams.TEXT),
        wish(
            "bad words",
            DRAWN.withRules(FEW.withBadWords(words(40, 41), words(42, 42))),
            STOP,
            OutputParams.TEXT),
        wish(
            "a stop token, not before the tenth",
            DRAWN_FROM_FEW,
            STOP.withStopTokenIds(List.of(41)).withMinTokens(10),
            OutputParams.TEXT),
        wish("stop string", DRAWN_FROM_FEW, STOP.withStop(words(40, 42, 40)), OutputParams.TEXT),
        wish("limit", DRAWN_FROM_FEW, STOP.withMaxTokens(23), OutputParams.TEXT),
        wish(
            "a forced last token",
            DRAWN.withRules(new TokenRules(0, List.of(40), Map.of(41, 60.0, 42, 60.0))),
            STOP,
            OutputParams.TEXT),
        wish("several answers", DRAWN_FROM_FEW, STOP, OutputParams.TEXT.withN(3)),
        wish("the best", DRAWN_FROM_FEW, STOP, OutputParams.TEXT.withN(2).withBestOf(4)),
        wish("greedy logprobs", GREEDY, STOP, OutputParams.TEXT.withLogprobs(2)),
        wish(
            "logprobs of prompt and answers",
            DRAWN_FROM_FEW,
            STOP,
            OutputParams.TEXT.withN(2).withLogprobs(3).withPromptLogprobs(1)));
  }

  private static Arguments wish(
      String name, SamplingParams sampling, StopCriteria stop, OutputParams output) {
    List<GenerationRequest> requests =
        List.of(
            request("copied", COPIED, sampling, stop, output),
            request("random", RANDOM, sampling.withSeed(5L), stop, output));
    return arguments(Named.of(name, requests));
  }

  private static String words(int... ids) {
    return text.tokenizer().decode(ids, false);
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void answers_areThoseWithout(List<GenerationRequest> requests) {
    assertSame(requests, Conditions.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void answers_inChunksWithAPrefixCacheAndTooFewBlocks_areThoseWithout(
      List<GenerationRequest> requests) {
    assertSame(requests, SCARCE);
  }

  @Test
  void answers_arePreemptedWhereBlocksAreFew() {
    List<GenerationRequest> requests =
        List.of(
            request("a", COPIED, DRAWN_FROM_FEW, STOP, OutputParams.TEXT),
            request("b", RANDOM, DRAWN, STOP, OutputParams.TEXT));
    assertThat(assertSame(requests, SCARCE).preemptions).isPositive();
  }

  @Test
  void constrainedAnswers_areThoseWithout() {
    List<GenerationRequest> requests = new ArrayList<>();
    for (StructuredOutputs constraint :
        List.of(
            regex("(ab|cd|ef){30}"),
            regex("[ab]{5}( [0-9]{2})*"),
            new StructuredOutputs(
                JsonMapper.shared()
                    .readTree("{\"type\":\"array\",\"items\":{\"enum\":[\"left\",\"right\"]}}"),
                null,
                List.of(),
                null,
                null,
                null))) {
      for (SamplingParams sampling : List.of(GREEDY, DRAWN)) {
        requests.add(
            request("c" + requests.size(), PROMPT, sampling, STOP, OutputParams.TEXT.withN(2))
                .withFormat(ConstraintFields.of(constraint)));
      }
    }
    Run run = assertSame(requests, Conditions.PLAIN);
    assertThat(run.drafts.accepted()).isGreaterThan(50);
  }

  @Test
  void answersThatEndWithinWhatIsAccepted_endThere() {
    // The answer repeats itself, so the tokens that end it and those behind are proposed.
    SamplingParams one = GREEDY.withRules(TokenRules.NONE.withAllowedTokenIds(List.of(40)));
    NgramSpeculation ngrams = new NgramSpeculation(6, 4, 1, 1);
    for (int end = 20; end < 30; end++) {
      GenerationRequest limited =
          request("a", COPIED, one, STOP.withMaxTokens(end), OutputParams.TEXT);
      GenerationRequest stopped =
          request("a", COPIED, one, STOP.withStop(words(40).repeat(end)), OutputParams.TEXT);
      for (GenerationRequest request : List.of(limited, stopped)) {
        Run run = run(List.of(request), ngrams, PriorOutput.NONE);
        Run without = run(List.of(request), null, PriorOutput.NONE);
        assertSame(whole(run.replies).get("a"), whole(without.replies).get("a"));
        assertThat(run.drafts.accepted()).isGreaterThan(10);
      }
    }
  }

  @Test
  void halfTheAnswer_isGoneOnWith() {
    for (SamplingParams sampling : List.of(GREEDY, DRAWN_FROM_FEW)) {
      GenerationRequest request =
          request("a", COPIED, sampling, STOP, OutputParams.TEXT.withN(2).withLogprobs(1));
      List<Reply> undisturbed = run(List.of(request), null, PriorOutput.NONE).replies;
      Oracle oracle = Oracle.of(List.of(request), whole(undisturbed));
      for (int told = 1; told < undisturbed.size(); told += 9) {
        ReplyTracker tracker = new ReplyTracker();
        DeltaAggregator pieces = new DeltaAggregator();
        read(undisturbed.subList(0, told), tracker, pieces);
        Run rest = run(List.of(request), oracle, tracker.output());
        Reply.Finished joined = read(rest.replies, tracker, pieces).orElseThrow();
        assertSame(joined, whole(undisturbed).get("a"));
      }
    }
  }

  @Test
  void ngrams_giveTheAnswersWithout() {
    for (SamplingParams sampling : List.of(GREEDY, DRAWN, DRAWN_FROM_FEW)) {
      List<GenerationRequest> requests =
          List.of(
              request("copied", COPIED, sampling, STOP, OutputParams.TEXT),
              request("random", RANDOM, sampling, STOP, OutputParams.TEXT));
      Run without = run(requests, null, PriorOutput.NONE);
      Run with = run(requests, new NgramSpeculation(6, 4, 1, 2), PriorOutput.NONE);
      whole(with.replies)
          .forEach((id, answer) -> assertSame(answer, whole(without.replies).get(id)));
    }
  }

  @Test
  void largeBatches_proposeNothing() {
    SamplingParams one = GREEDY.withRules(TokenRules.NONE.withAllowedTokenIds(List.of(40)));
    List<GenerationRequest> requests =
        IntStream.range(0, 3)
            .mapToObj(i -> request("r" + i, COPIED, one, STOP, OutputParams.TEXT))
            .toList();
    Run three = run(requests, new NgramSpeculation(6, 4, 1, 3), PriorOutput.NONE);
    assertThat(three.drafts.accepted()).isPositive();
    Run two = run(requests, new NgramSpeculation(6, 4, 1, 2), PriorOutput.NONE);
    assertThat(two.drafts).isEqualTo(EngineStatus.Drafts.NONE);
  }

  private static Run assertSame(List<GenerationRequest> requests, Conditions conditions) {
    List<Reply> replies = run(requests, null, PriorOutput.NONE, Conditions.PLAIN).replies;
    Map<String, Reply.Finished> without = whole(replies);
    Oracle oracle = Oracle.of(requests, without);
    Run run = run(requests, oracle, PriorOutput.NONE, conditions);
    Map<String, Reply.Finished> with = whole(run.replies);
    assertThat(with).hasSameSizeAs(requests).containsOnlyKeys(without.keySet());
    with.forEach((id, answer) -> assertSame(answer, Objects.requireNonNull(without.get(id))));
    assertThat(run.drafts.accepted()).isPositive().isLessThan(run.drafts.tokens());
    return run;
  }

  private static void assertSame(Reply.Finished one, Reply.Finished other) {
    assertThat(one.usage()).isEqualTo(other.usage());
    assertThat(one.choices()).hasSameSizeAs(other.choices());
    for (int i = 0; i < other.choices().size(); i++) {
      Reply.Choice mine = one.choices().get(i);
      Reply.Choice theirs = other.choices().get(i);
      assertThat(mine.tokenIds()).isEqualTo(theirs.tokenIds());
      assertThat(mine.text()).isEqualTo(theirs.text());
      assertThat(mine.reason()).isEqualTo(theirs.reason());
      assertSameLogprobs(mine.logprobs(), theirs.logprobs());
    }
  }

  private static void assertSameLogprobs(List<TokenLogprobs> one, List<TokenLogprobs> other) {
    assertThat(one).hasSameSizeAs(other);
    for (int i = 0; i < one.size(); i++) {
      assertThat(one.get(i).token().id()).isEqualTo(other.get(i).token().id());
      assertThat(one.get(i).textOffset()).isEqualTo(other.get(i).textOffset());
      assertThat(one.get(i).token().logprob())
          .isCloseTo(Objects.requireNonNull(other.get(i).token().logprob()), within(1e-4));
    }
  }

  private static Run run(
      List<GenerationRequest> requests, @Nullable Speculation speculation, PriorOutput prior) {
    return run(requests, speculation, prior, Conditions.PLAIN);
  }

  private static Run run(
      List<GenerationRequest> requests,
      @Nullable Speculation speculation,
      PriorOutput prior,
      Conditions conditions) {
    List<Reply> replies = new ArrayList<>();
    Scheduler scheduler =
        new Scheduler(
            new BlockManager(conditions.numBlocks, model.blockSize(), conditions.prefixCache),
            conditions.policy);
    Engine engine =
        new Engine(model, scheduler, speculation, System::nanoTime, () -> EngineListener.NONE);
    GenerationFactory factory =
        new GenerationFactory(
            text.tokenizer(),
            (prompt, params) -> array(((Prompt.Tokens) prompt).ids()),
            SamplingParams.NONE,
            Set.of(text.tokenizer().id("</s>").orElseThrow()),
            model.spec().vocab(),
            EngineLimits.of(128, null, LONG, null, 16));
    for (GenerationRequest request : requests) {
      Generation generation = factory.create(request, prior.attempt() + 1, prior, replies::add);
      engine.take(new EngineCommand.Submit(generation, new RequestStopwatch(0)));
    }
    while (engine.hasWork()) {
      engine.step();
    }
    return new Run(replies, engine.drafts(), scheduler.numPreemptions());
  }

  /**
   * A speculation that knows the answers, and is wrong now and then all the same, so that proposals
   * of any length are accepted in part, as a whole, and not at all.
   *
   * @param answers to each prompt
   */
  private record Oracle(Map<List<Integer>, List<List<Integer>>> answers) implements Speculation {
    static Oracle of(List<GenerationRequest> requests, Map<String, Reply.Finished> answers) {
      Map<List<Integer>, List<List<Integer>>> known = new HashMap<>();
      for (GenerationRequest request : requests) {
        List<List<Integer>> all =
            known.computeIfAbsent(
                ((Prompt.Tokens) request.prompt()).ids(), prompt -> new ArrayList<>());
        Objects.requireNonNull(answers.get(request.id()))
            .choices()
            .forEach(choice -> all.add(choice.tokenIds()));
      }
      return new Oracle(known);
    }

    @Override
    public int disableByBatchSize() {
      return Integer.MAX_VALUE;
    }

    @Override
    public Speculator speculator(int[] prompt) {
      List<Integer> ids = IntStream.of(prompt).boxed().toList();
      return new Sibyl(Objects.requireNonNull(answers.get(ids)), prompt.length);
    }
  }

  /** The speculator of an {@link Oracle}. */
  private static final class Sibyl implements Speculator {
    private static final int MOST = 9;

    private final Random random = new Random(1);
    private final List<List<Integer>> answers;
    private final int numPromptTokens;
    private final List<Integer> tokens = new ArrayList<>();

    Sibyl(List<List<Integer>> answers, int numPromptTokens) {
      this.answers = answers;
      this.numPromptTokens = numPromptTokens;
    }

    @Override
    public int numTokens() {
      return numPromptTokens + tokens.size();
    }

    @Override
    public void add(int token) {
      tokens.add(token);
    }

    @Override
    public List<Integer> propose(int most, int sequences) {
      List<Integer> proposed = new ArrayList<>();
      for (List<Integer> answer : answers) {
        if (proposed.isEmpty() && startsWith(answer, tokens)) {
          proposed.addAll(answer.subList(tokens.size(), answer.size()));
        }
      }
      proposed.replaceAll(token -> random.nextInt(8) == 0 ? random.nextInt(230) : token);
      int count = Math.min(random.nextInt(MOST + 1), most);
      return proposed.subList(0, Math.min(count, proposed.size()));
    }

    private static boolean startsWith(List<Integer> answer, List<Integer> beginning) {
      return answer.size() >= beginning.size()
          && answer.subList(0, beginning.size()).equals(beginning);
    }

    @Override
    public void settle(int proposed, int accepted) {
      assertThat(accepted).isBetween(0, proposed);
    }
  }

  private static StructuredOutputs regex(String pattern) {
    return new StructuredOutputs(null, pattern, List.of(), null, null, null);
  }
}
