package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.speculation.Drafter;
import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.StructuredOutputs;
import io.millrace.protocol.TokenLogprobs;
import io.millrace.protocol.TokenRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.Arguments;
import tools.jackson.databind.json.JsonMapper;

/** Whole answers with speculation, to be compared with those without. */
abstract class SpeculativeAnswers extends WholeAnswers {
  static final int LONG = 48;

  /** Tokens of a passage that stands twice in the prompt already. */
  static final List<Integer> COPIED =
      Stream.of(PROMPT.subList(0, 12), PROMPT.subList(0, 12), PROMPT.subList(0, 3))
          .flatMap(List::stream)
          .toList();

  static final List<Integer> RANDOM = new Random(7).ints(33, 30, 230).boxed().toList();

  /** So few that what comes has often been there before, even if it is drawn. */
  static final TokenRules FEW = TokenRules.NONE.withAllowedTokenIds(List.of(40, 41, 42));

  static final SamplingParams GREEDY = SamplingParams.GREEDY;
  static final SamplingParams DRAWN = SamplingParams.NONE.withTemperature(1.0).withSeed(11L);
  static final SamplingParams DRAWN_FROM_FEW = DRAWN.withRules(FEW);
  static final StopCriteria STOP = StopCriteria.MODEL_DEFAULTS.withMaxTokens(LONG).ignoringEos();

  static Stream<Arguments> wishes() {
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

  static Arguments wish(
      String name, SamplingParams sampling, StopCriteria stop, OutputParams output) {
    List<GenerationRequest> requests =
        List.of(
            request("copied", COPIED, sampling, stop, output),
            request("random", RANDOM, sampling.withSeed(5L), stop, output));
    return arguments(Named.of(name, requests));
  }

  static String words(int... ids) {
    return text.tokenizer().decode(ids, false);
  }

  static StructuredOutputs regex(String pattern) {
    return new StructuredOutputs(null, pattern, List.of(), null, null, null);
  }

  /** Requests of answers that must match something. */
  static List<GenerationRequest> constrained() {
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
    return requests;
  }

  /** Chunks of prompts, a prefix cache, and blocks for one long answer. */
  static final Conditions SCARCE = new Conditions(Policy.mixed(16, MAX_BATCHED_TOKENS), 30, true);

  /** The conditions of a run. */
  record Conditions(Policy policy, int numBlocks, boolean prefixCache) {
    static final Conditions PLAIN = new Conditions(Policy.mixed(16, 512), 256, false);
  }

  /** The replies of a run, and what was proposed in it. */
  record Run(List<Reply> replies, EngineStatus.Drafts drafts, long preemptions) {}

  static void assertSame(Reply.Finished one, Reply.Finished other) {
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

  static void assertSameLogprobs(List<TokenLogprobs> one, List<TokenLogprobs> other) {
    assertThat(one).hasSameSizeAs(other);
    for (int i = 0; i < one.size(); i++) {
      assertThat(one.get(i).token().id()).isEqualTo(other.get(i).token().id());
      assertThat(one.get(i).textOffset()).isEqualTo(other.get(i).textOffset());
      assertThat(one.get(i).token().logprob())
          .isCloseTo(Objects.requireNonNull(other.get(i).token().logprob()), within(1e-4));
    }
  }

  static Run run(
      List<GenerationRequest> requests,
      @Nullable Drafter drafter,
      PriorOutput prior,
      Conditions conditions) {
    List<Reply> replies = new ArrayList<>();
    Scheduler scheduler =
        new Scheduler(
            new BlockManager(conditions.numBlocks, model.blockSize(), conditions.prefixCache),
            conditions.policy);
    Engine engine =
        new Engine(model, scheduler, drafter, System::nanoTime, () -> EngineListener.NONE);
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
}
