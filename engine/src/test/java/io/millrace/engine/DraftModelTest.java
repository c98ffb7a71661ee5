package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.load.TinyModels;
import io.millrace.engine.model.ComputedStep;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.speculation.DraftModelSpeculation;
import io.millrace.engine.speculation.DraftModelSpeculation.DraftSampling;
import io.millrace.engine.speculation.Drafter;
import io.millrace.engine.speculation.ModelDrafter;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Answers with a draft model are those without it, whatever is asked for, and whether the draft
 * model is right always, at times, or never: in float32 token for token.
 */
final class DraftModelTest extends SpeculativeAnswers {
  private static final double CHEAP = 0.05;

  /** No model's: it has tokens guessed whatever came of those before. */
  private static final double LESS_THAN_NOTHING = -1;

  /** The model that is served, another time. */
  private static LanguageModel twin;

  /** A model of which nothing but the tokens is the same. */
  private static LanguageModel stranger;

  private static ModelSpec shorter;

  @BeforeAll
  static void loadDrafts(@TempDir Path folder) throws IOException {
    TinyCheckpoint target = TinyCheckpoint.llama();
    twin = TinyModels.load(target.writeTo(folder.resolve("twin")), 8);
    stranger =
        TinyModels.load(target.withSeed(9).withLayers(1).writeTo(folder.resolve("stranger")), 4);
    shorter = ModelSpec.of(target.withMaxPositions(50).config());
  }

  @AfterAll
  static void closeDrafts() {
    twin.close();
    stranger.close();
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void answers_areThoseWithout(List<GenerationRequest> requests) {
    assertSame(requests, twin, Conditions.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("wishes")
  void answers_inChunksWithAPrefixCacheAndTooFewBlocks_areThoseWithout(
      List<GenerationRequest> requests) {
    assertSame(requests, stranger, SCARCE);
  }

  @Test
  void constrainedAnswers_areThoseWithout() {
    assertThat(assertSame(constrained(), twin, Conditions.PLAIN).drafts().accepted()).isPositive();
  }

  @Test
  void sameModel_isRightAlways_greedilyAndDrawn() {
    SamplingParams filtered = DRAWN.withTopP(0.8).withTopK(30);
    for (SamplingParams sampling : List.of(GREEDY, DRAWN, filtered)) {
      List<GenerationRequest> requests = List.of(copied(sampling), random(sampling));
      Run run = assertSame(requests, twin, Conditions.PLAIN);
      assertThat(run.drafts().accepted()).isEqualTo(run.drafts().tokens()).isGreaterThan(50);
    }
  }

  @Test
  void greedyDrafts_areRightLessOften_whereTokensAreDrawn() {
    DraftModelSpeculation greedy = new DraftModelSpeculation("m", 4, 8, DraftSampling.GREEDY);
    Run run = run(List.of(copied(DRAWN)), drafter(greedy, twin, CHEAP));
    assertThat(run.drafts().accepted()).isLessThan(run.drafts().tokens());
  }

  @Test
  void preemptedAnswers_areThoseWithout() {
    List<GenerationRequest> requests = List.of(copied(DRAWN), random(DRAWN));
    Run run = assertSame(requests, twin, SCARCE);
    assertThat(run.preemptions()).isPositive();
    assertThat(run.drafts().accepted()).isPositive();
  }

  @Test
  void largeBatches_guessNothing() {
    List<GenerationRequest> requests =
        IntStream.range(0, 3)
            .mapToObj(i -> request("r" + i, COPIED, GREEDY, STOP, OutputParams.TEXT))
            .toList();
    DraftModelSpeculation two = new DraftModelSpeculation("m", 4, 2, DraftSampling.PROBABILISTIC);
    assertThat(run(requests, drafter(two, twin, CHEAP)).drafts())
        .isEqualTo(EngineStatus.Drafts.NONE);
    assertThat(run(requests, drafter(settings(), twin, CHEAP)).drafts().accepted()).isPositive();
  }

  @Test
  void costlyModels_guessNothing() {
    Run run = run(List.of(copied(GREEDY)), drafter(settings(), twin, 1));
    assertThat(run.drafts()).isEqualTo(EngineStatus.Drafts.NONE);
  }

  @Test
  void wrongModels_areAskedSeldom() {
    Run run = run(List.of(random(DRAWN)), drafter(settings(), stranger, CHEAP));
    assertThat(run.drafts().tokens()).isBetween(1L, 12L);
  }

  @Test
  void sequencesBeyondTheDraftModelsPositions_areNotGuessed() {
    Drafter drafter = drafter(settings(), new Stub(twin, shorter), CHEAP);
    Run run = run(List.of(copied(GREEDY)), drafter);
    assertThat(run.drafts().tokens()).isPositive();
    assertSame(answers(run), answers(run(List.of(copied(GREEDY)), null)));
  }

  @Test
  void failedDrafts_costNoAnswer() {
    Stub broken =
        new Stub(twin, twin.spec()) {
          private int steps;

          @Override
          public ComputedStep compute(StepPlan plan) {
            if (++steps == 16) {
              throw new IllegalStateException("a step failed on purpose");
            }
            return super.compute(plan);
          }
        };
    List<GenerationRequest> requests = List.of(copied(DRAWN), random(DRAWN));
    Run run = run(requests, drafter(settings(), broken, CHEAP));
    assertThat(run.drafts().accepted()).isPositive();
    assertSame(answers(run), answers(run(requests, null)));
  }

  private static Run assertSame(
      List<GenerationRequest> requests, LanguageModel draft, Conditions conditions) {
    Drafter drafter = drafter(settings(), new Stub(draft, draft.spec()), LESS_THAN_NOTHING);
    Run run = run(requests, drafter, PriorOutput.NONE, conditions);
    assertSame(answers(run), answers(run(requests, null)));
    assertThat(run.drafts().tokens()).isPositive();
    return run;
  }

  private static void assertSame(
      Map<String, Reply.Finished> with, Map<String, Reply.Finished> without) {
    assertThat(with).containsOnlyKeys(without.keySet());
    with.forEach((id, answer) -> assertSame(answer, Objects.requireNonNull(without.get(id))));
  }

  private static Run run(List<GenerationRequest> requests, Drafter drafter) {
    return run(requests, drafter, PriorOutput.NONE, Conditions.PLAIN);
  }

  private static Map<String, Reply.Finished> answers(Run run) {
    return whole(new ArrayList<>(run.replies()));
  }

  private static GenerationRequest copied(SamplingParams sampling) {
    return request("copied", COPIED, sampling, STOP, OutputParams.TEXT);
  }

  private static GenerationRequest random(SamplingParams sampling) {
    return request("random", RANDOM, sampling.withSeed(5L), STOP, OutputParams.TEXT);
  }

  private static DraftModelSpeculation settings() {
    return new DraftModelSpeculation("m", 4, 8, DraftSampling.PROBABILISTIC);
  }

  private static Drafter drafter(
      DraftModelSpeculation settings, LanguageModel draft, double relativeCost) {
    return new ModelDrafter(
        settings, draft, MAX_BATCHED_TOKENS, true, model.spec().vocab(), relativeCost);
  }

  /** Another model that stays open, with what the tests change of it. */
  private static class Stub implements LanguageModel {
    private final LanguageModel model;
    private final ModelSpec spec;

    Stub(LanguageModel model, ModelSpec spec) {
      this.model = model;
      this.spec = spec;
    }

    @Override
    public ModelSpec spec() {
      return spec;
    }

    @Override
    public int numBlocks() {
      return model.numBlocks();
    }

    @Override
    public int blockSize() {
      return model.blockSize();
    }

    @Override
    public String device() {
      return model.device();
    }

    @Override
    public String kernel() {
      return model.kernel();
    }

    @Override
    public ComputedStep compute(StepPlan plan) {
      return model.compute(plan);
    }

    @Override
    public float[][] logits(StepPlan plan) {
      return model.logits(plan);
    }

    @Override
    public float[][] logitsOfAllTokens(StepPlan plan) {
      return model.logitsOfAllTokens(plan);
    }

    @Override
    public void close() {}
  }
}
