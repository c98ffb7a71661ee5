package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.testing.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantised models answer everybody as if they were alone, and not too far from float32. */
final class QuantizedModelTest {
  private static final int BLOCK_SIZE = 32;

  /** Several rows are rounded otherwise than a single one: int4 has them in 8 bits. */
  private static final float ALIKE = 0.1f;

  private static Path narrow;
  private static Path wide;

  @BeforeAll
  static void write(@TempDir Path directory) throws IOException {
    narrow = TinyCheckpoint.llama().writeTo(directory.resolve("narrow"));
    // Whole runs of what brgemm multiplies in 8 and 4 bits.
    wide = TinyCheckpoint.llama().withWidth(256, 4, 2, 256).writeTo(directory.resolve("wide"));
  }

  @ParameterizedTest
  @CsvSource({"NONE, false", "INT8, false", "INT8, true", "INT4, false", "INT4, true"})
  void logits_areTheSameAloneAndInABatch(Quantization quantization, boolean wide) {
    List<int[]> prompts = prompts();
    try (LanguageModel model = load(quantization, wide)) {
      float[][] together = logits(model, prompts);
      for (int i = 0; i < prompts.size(); i++) {
        assertClose(logits(model, List.of(prompts.get(i)))[0], together[i], ALIKE);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"NONE, false", "INT8, false", "INT8, true", "INT4, false", "INT4, true"})
  void logits_stayNearThoseOfFloat32(Quantization quantization, boolean wide) {
    float limit =
        switch (quantization) {
          case NONE -> 1e-4f;
          case INT8 -> 0.15f;
          case INT4 -> 1.5f;
        };
    try (LanguageModel exact = load(Quantization.NONE, wide);
        LanguageModel model = load(quantization, wide)) {
      float[][] expected = logits(exact, prompts());
      float[][] actual = logits(model, prompts());
      for (int i = 0; i < expected.length; i++) {
        assertClose(actual[i], expected[i], limit);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"NONE, false", "INT8, false", "INT8, true", "INT4, false", "INT4, true"})
  void logitsOfAllTokens_endWithThoseOfTheLast(Quantization quantization, boolean wide) {
    int[] prompt = prompts().get(2);
    try (LanguageModel model = load(quantization, wide)) {
      StepPlan plan = scheduler(model, List.of(prompt)).schedule();
      float[][] all = model.logitsOfAllTokens(plan);
      assertThat(all).hasDimensions(prompt.length, model.spec().vocab());
      assertClose(all[prompt.length - 1], logits(model, List.of(prompt))[0], ALIKE);
      for (int end = 1; end < prompt.length; end++) {
        int[] prefix = Arrays.copyOf(prompt, end);
        assertClose(all[end - 1], logits(model, List.of(prefix))[0], ALIKE);
      }
    }
  }

  private static void assertClose(float[] actual, float[] expected, float limit) {
    float difference =
        (float)
            IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(actual[i] - expected[i]))
                .max()
                .orElseThrow();
    assertThat(difference).isCloseTo(0, within(limit));
  }

  private static LanguageModel load(Quantization quantization, boolean isWide) {
    return TinyModels.load(isWide ? wide : narrow, Precision.FP32, quantization, BLOCK_SIZE);
  }

  private static List<int[]> prompts() {
    Random random = new Random(3);
    return IntStream.of(1, 3, 9, 20, 33)
        .mapToObj(length -> random.ints(length, 10, 300).toArray())
        .toList();
  }

  private static Scheduler scheduler(LanguageModel model, List<int[]> prompts) {
    Scheduler scheduler =
        new Scheduler(new BlockManager(model.numBlocks(), BLOCK_SIZE), prompts.size(), 512);
    for (int i = 0; i < prompts.size(); i++) {
      scheduler.add(new Sequence("s" + i, 0, i, prompts.get(i)));
    }
    return scheduler;
  }

  private static float[][] logits(LanguageModel model, List<int[]> prompts) {
    StepPlan plan = scheduler(model, prompts).schedule();
    float[][] rows = model.logits(plan);
    float[][] ordered = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      String id = plan.sampled().get(i).id();
      ordered[Integer.parseInt(id.substring(1))] = rows[i];
    }
    return ordered;
  }
}
