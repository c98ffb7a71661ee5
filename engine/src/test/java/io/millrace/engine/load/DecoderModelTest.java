package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.Stepper;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sequence is answered must not depend on who shares its steps, or how they are cut. */
final class DecoderModelTest {
  private static final int BLOCK_SIZE = 4;
  private static final int OUTPUT = 20;
  private static LanguageModel model;

  @BeforeAll
  static void load(@TempDir Path folder) throws IOException {
    TinyCheckpoint.llama().writeTo(folder);
    model = TinyModels.load(folder, BLOCK_SIZE);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void step_givesTheSameTokensAloneAndInABatch() {
    List<int[]> prompts = TinyModels.prompts();
    List<int[]> together = run(prompts, 16, 512, model.numBlocks());
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(run(List.of(prompts.get(i)), 1, 512, model.numBlocks()).get(0))
          .as("prompt %d", i)
          .isEqualTo(together.get(i));
    }
  }

  @Test
  void step_givesTheSameTokensInChunksOfAnySize() {
    List<int[]> whole = run(TinyModels.prompts(), 16, 512, model.numBlocks());
    for (int chunk : new int[] {1, 7, 16}) {
      for (int i = 0; i < whole.size(); i++) {
        assertThat(run(List.of(TinyModels.prompts().get(i)), 1, chunk, model.numBlocks()).get(0))
            .as("prompt %d in chunks of %d", i, chunk)
            .isEqualTo(whole.get(i));
      }
    }
  }

  @Test
  void step_givesTheSameTokensAfterPreemption() {
    List<int[]> whole = run(TinyModels.prompts(), 16, 512, model.numBlocks());
    // Room for the longest and little more, so that the others are computed over and over.
    assertThat(run(TinyModels.prompts(), 16, 24, 30)).usingRecursiveComparison().isEqualTo(whole);
  }

  @Test
  void logits_areFiniteAndTellPromptsApart() {
    Scheduler scheduler = new Scheduler(new BlockManager(model.numBlocks(), BLOCK_SIZE), 2, 64);
    scheduler.add(new Sequence("a", 0, 0, new int[] {65, 66, 67}));
    scheduler.add(new Sequence("b", 0, 1, new int[] {67, 66, 65}));
    float[][] logits = model.logits(scheduler.schedule());
    assertThat(logits).hasDimensions(2, model.spec().vocab());
    assertThat(logits[0]).isNotEqualTo(logits[1]);
    for (float logit : logits[0]) {
      assertThat(logit).isFinite();
    }
  }

  private static List<int[]> run(List<int[]> prompts, int maxSequences, int maxTokens, int blocks) {
    Scheduler scheduler =
        new Scheduler(
            new BlockManager(blocks, BLOCK_SIZE), maxSequences, Math.max(maxTokens, maxSequences));
    List<Sequence> sequences = new ArrayList<>();
    for (int[] prompt : prompts) {
      Sequence sequence = new Sequence("s" + sequences.size(), 0, sequences.size(), prompt);
      sequences.add(sequence);
      scheduler.add(sequence);
    }
    Stepper stepper = new Stepper(model, scheduler);
    while (stepper.hasWork()) {
      StepPlan plan = stepper.plan();
      stepper.computeGreedily(plan);
      plan.sampled().stream()
          .filter(sequence -> sequence.numOutputTokens() == OUTPUT)
          .forEach(scheduler::remove);
    }
    return sequences.stream().map(Sequence::outputTokens).toList();
  }
}
