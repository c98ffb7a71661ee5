package io.millrace.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.protocol.SamplingParams;
import io.millrace.worker.sampling.Sampling;
import io.millrace.worker.sampling.SamplingBatch;
import io.millrace.worker.sampling.SamplingDefaults;
import io.millrace.worker.sampling.SamplingRow;
import io.millrace.worker.sampling.TokenCounts;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sampling of the program against {@link ReferenceSampler}. */
final class SamplingProgramTest {
  private static final int VOCAB = 500;
  private static final int ROWS = 400;

  private static PtNDManager manager;
  private static Program program;

  @BeforeAll
  static void load() {
    manager = Torch.manager(Device.cpu());
    Torch.prepareThread(1);
    program = new Program(manager);
  }

  @AfterAll
  static void close() {
    program.close();
    manager.close();
  }

  @Test
  void sample_agreesWithTheReferenceOnEveryRowOfAMixedBatch() {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(Row.random(random));
    }

    int[] together = sample(rows);

    for (int i = 0; i < ROWS; i++) {
      Row row = rows.get(i);
      int expected = ReferenceSampler.sample(row.logits, row.sampling, row.counts(), row.position);
      assertThat(together[i]).as("row %d, %s", i, row.sampling).isEqualTo(expected);
      assertThat(sample(List.of(row))).as("row %d alone", i).containsExactly(expected);
    }
  }

  @Test
  void sample_neverTakesAForbiddenToken() {
    float[] logits = new float[VOCAB];
    logits[3] = 9;
    logits[5] = 8;
    Sampling greedy = SamplingDefaults.NEUTRAL.resolve(SamplingParams.GREEDY, 0);
    Row row = new Row(logits, greedy, new int[] {1}, new int[0], 1, Set.of(3));
    assertThat(sample(List.of(row))).containsExactly(5);
  }

  private static int[] sample(List<Row> rows) {
    float[] all = new float[rows.size() * VOCAB];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i).logits, 0, all, i * VOCAB, VOCAB);
    }
    SamplingBatch batch = SamplingBatch.of(rows.stream().map(Row::toSamplingRow).toList());
    Shape shape = new Shape(rows.size(), VOCAB);
    try (var tensor = manager.create(FloatBuffer.wrap(all), shape, DataType.FLOAT32);
        IValue logits = IValue.from(tensor)) {
      return DecoderModel.sample(program, manager, logits, batch);
    }
  }

  private record Row(
      float[] logits,
      Sampling sampling,
      int[] prompt,
      int[] answer,
      int position,
      Set<Integer> forbidden) {

    static Row random(Random random) {
      float[] logits = new float[VOCAB];
      for (int i = 0; i < VOCAB; i++) {
        logits[i] = (float) random.nextGaussian() * 4;
      }
      SamplingParams params =
          new SamplingParams(
              random.nextInt(4) == 0 ? 0.0 : 0.2 + random.nextDouble() * 1.5,
              random.nextBoolean() ? 0.1 + random.nextDouble() * 0.9 : null,
              random.nextBoolean() ? 2 + random.nextInt(80) : null,
              random.nextInt(3) == 0 ? random.nextDouble() * 0.3 : null,
              random.nextBoolean() ? 0.8 + random.nextDouble() : null,
              random.nextInt(3) == 0 ? random.nextDouble() : null,
              random.nextInt(3) == 0 ? random.nextDouble() : null,
              random.nextLong());
      return new Row(
          logits,
          SamplingDefaults.NEUTRAL.resolve(params, 0),
          random.ints(20, 0, VOCAB).toArray(),
          random.ints(20, 0, VOCAB).toArray(),
          random.nextInt(1000),
          Set.of());
    }

    Map<Integer, Integer> counts() {
      Map<Integer, Integer> counts = new HashMap<>();
      if (sampling.isPenalized()) {
        for (int token : prompt) {
          counts.put(token, 0);
        }
        for (int token : answer) {
          counts.merge(token, 1, Integer::sum);
        }
      }
      return counts;
    }

    SamplingRow toSamplingRow() {
      if (!sampling.isPenalized()) {
        return new SamplingRow(sampling, position, null, forbidden);
      }
      TokenCounts counts = new TokenCounts(prompt);
      for (int token : answer) {
        counts.add(token);
      }
      return new SamplingRow(sampling, position, counts, forbidden);
    }
  }
}
