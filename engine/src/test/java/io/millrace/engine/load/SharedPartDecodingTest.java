package io.millrace.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.engine.Stepper;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.testing.TinyFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is copied of a block is what would have been computed, to the bit, in every decoder's cache:
 * both ways compute the same rows in each step, so that not even rounding may differ.
 */
final class SharedPartDecodingTest {
  /** Whole pairs of vectors on any CPU. */
  private static final int BLOCK_SIZE = 32;

  private static final int OWN_TOKENS = 9;

  @TempDir private Path folder;
  private final TrialModels models = new TrialModels(BLOCK_SIZE);
  private long arrivals;

  @AfterEach
  void close() {
    models.close();
  }

  @ParameterizedTest
  @CsvSource({
    "FP32, NONE, 0",
    "FP32, NONE, 16",
    "BF16, NONE, 0",
    "BF16, NONE, 16",
    "BF16, INT8, 16"
  })
  void logits_afterACopiedPartAreThoseOfAComputedOne(
      Precision precision, Quantization quantization, int vectorRows) throws IOException {
    for (TinyFamily family : TinyFamily.values()) {
      Path path = family.writeTo(folder.resolve(family.name()));
      LanguageModel model = models.load(path, precision, quantization, null, vectorRows);
      for (int shared : new int[] {4, 13, 31, 45, 71}) {
        BlockManager blocks = new BlockManager(model.numBlocks(), BLOCK_SIZE);
        List<float[]> expected =
            logits(model, new Scheduler(blocks, policy(shared)), prompt(shared, 2));
        BlockManager caching = new BlockManager(model.numBlocks(), BLOCK_SIZE, true);
        Scheduler scheduler = new Scheduler(caching, policy(shared));
        logits(model, scheduler, prompt(shared, 1));

        List<float[]> actual = logits(model, scheduler, prompt(shared, 2));

        assertThat(caching.prefixCacheHits()).isEqualTo(shared);
        assertThat(actual.toArray(float[][]::new))
            .as("%s, %s, %d tokens shared", family, model.kernel(), shared)
            .isDeepEqualTo(expected.toArray(float[][]::new));
      }
    }
  }

  /** The logits after a prompt and after each token of a short answer. */
  private List<float[]> logits(LanguageModel model, Scheduler scheduler, int[] prompt) {
    Sequence sequence = new Sequence("s" + arrivals, 0, arrivals++, prompt);
    scheduler.add(sequence);
    Stepper stepper = new Stepper(model, scheduler);
    List<float[]> all = new ArrayList<>();
    while (all.size() < 3) {
      for (float[] row : stepper.logits(stepper.plan())) {
        all.add(row);
        sequence.append(50 + all.size());
      }
    }
    scheduler.remove(sequence);
    return all;
  }

  /** The shared tokens are a step of their own. */
  private static Policy policy(int chunk) {
    return Policy.mixed(4, 256).withMaxChunk(chunk);
  }

  private static int[] prompt(int shared, int own) {
    IntStream beginning = new Random(3).ints(shared, 10, 300);
    // The first of its own tokens is surely another one.
    IntStream rest = IntStream.concat(IntStream.of(own), new Random(own).ints(OWN_TOKENS, 10, 300));
    return IntStream.concat(beginning, rest).toArray();
  }
}
