package io.millrace.bench.golden;

import static io.millrace.bench.golden.GoldenRuns.check;
import static io.millrace.bench.golden.GoldenRuns.load;
import static io.millrace.bench.golden.GoldenRuns.speculation;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.golden.GoldenConditions.Counts;
import io.millrace.engine.schedule.Policy;
import io.millrace.engine.start.ModelRuntime;
import io.millrace.testing.SafetensorsWriter;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.testing.TinyGguf;
import io.millrace.testing.TinyTensor;
import io.millrace.testing.TorchWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same model in every format it may be published in. */
final class FormatsTest {
  private static final int TOKENS = 24;
  @TempDir private Path folder;

  @Test
  void everyFormat_givesTheSameTokens() throws Exception {
    TinyCheckpoint checkpoint = TinyCheckpoint.llama();
    Path single = checkpoint.writeTo(folder.resolve("single"));
    Path sharded = checkpoint.writeAllButWeights(folder.resolve("sharded"));
    SafetensorsWriter.writeShards(sharded, checkpoint.tensors(), 3);
    Path torch = checkpoint.writeAllButWeights(folder.resolve("torch"));
    TorchWriter.write(torch.resolve("pytorch_model.bin"), checkpoint.tensors());
    Path gguf = Files.write(folder.resolve("tiny.gguf"), TinyGguf.bytes(checkpoint));

    List<GoldenCase> cases = answers(single);

    for (Path same : List.of(single, sharded, torch, gguf)) {
      assertThat(check(same, cases, 512))
          .as(folder.relativize(same).toString())
          .allMatch(GoldenResult::tokensEqual);
    }
  }

  @Test
  void bfloat16_givesTheTokensOfTheSameNumbersInFloat32() throws Exception {
    TinyCheckpoint checkpoint = TinyCheckpoint.llama();
    Path wide = checkpoint.writeAllButWeights(folder.resolve("wide"));
    Path narrow = checkpoint.writeAllButWeights(folder.resolve("narrow"));
    SafetensorsWriter floats = new SafetensorsWriter();
    SafetensorsWriter halves = new SafetensorsWriter();
    for (TinyTensor tensor : checkpoint.tensors()) {
      ByteBuffer upper =
          ByteBuffer.allocate(2 * tensor.values().length).order(ByteOrder.LITTLE_ENDIAN);
      float[] rounded = new float[tensor.values().length];
      for (int i = 0; i < rounded.length; i++) {
        int bits = Float.floatToIntBits(tensor.values()[i]) & 0xFFFF0000;
        upper.putShort((short) (bits >>> 16));
        rounded[i] = Float.intBitsToFloat(bits);
      }
      floats.add(new TinyTensor(tensor.name(), tensor.shape(), rounded));
      halves.add(tensor.name(), "BF16", tensor.shape(), upper.array());
    }
    Files.write(wide.resolve("model.safetensors"), floats.toBytes());
    Files.write(narrow.resolve("model.safetensors"), halves.toBytes());

    assertThat(check(narrow, answers(wide), 512)).allMatch(GoldenResult::tokensEqual);
  }

  @Test
  void check_findsATokenThatDiffers() throws Exception {
    Path model = TinyCheckpoint.llama().writeTo(folder.resolve("model"));
    GoldenCase right = answers(model).get(0);
    int[] wrong = right.greedy().clone();
    wrong[5] = (wrong[5] + 1) % 384;
    GoldenCase changed =
        new GoldenCase(null, right.prompt(), wrong, 1, right.firstLogits(), right.topLogprobs());

    GoldenResult result = check(model, List.of(changed), 512).get(0);

    assertThat(result.equalTokens()).isEqualTo(5);
    assertThat(result.passed()).isFalse();
  }

  @Test
  void speculation_givesTheSameTokens_andCountsThem() throws Exception {
    Path model = TinyCheckpoint.llama().writeTo(folder.resolve("model"));
    List<GoldenCase> cases = answers(model);
    GoldenConditions conditions = speculation(cases);
    try (ModelRuntime runtime = load(model)) {
      GoldenCheck check = new GoldenCheck(runtime.model(), runtime.prompts(), conditions);
      assertThat(check.check(cases)).allMatch(GoldenResult::tokensEqual);
      Counts counts = check.counts();
      assertThat(counts.accepted()).isBetween(30L, counts.proposed() - 6);
      assertThat(conditions.summary(counts, counts))
          .endsWith(
              "%d of %d proposed tokens accepted".formatted(counts.accepted(), counts.proposed()));
    }
  }

  @Test
  void forcedRuns_giveTheSameTokens_andCountWhatWasForced() throws Exception {
    Path model = TinyCheckpoint.llama().writeTo(folder.resolve("model"));
    List<GoldenCase> cases = answers(model);
    Policy ratio = Policy.mixed(1, 16).withPrefillRatio(1.2);
    try (ModelRuntime runtime = load(model)) {
      GoldenCheck pieces =
          new GoldenCheck(runtime.model(), runtime.prompts(), GoldenConditions.chunks(7));
      assertThat(pieces.check(cases)).allMatch(GoldenResult::tokensEqual);
      assertThat(pieces.counts()).isEqualTo(new Counts(6, 20, 0, 0, 0, 0, 0));

      GoldenConditions all = new GoldenConditions(ratio, true, true, null);
      GoldenCheck check = new GoldenCheck(runtime.model(), runtime.prompts(), all);
      assertThat(check.check(cases)).allMatch(GoldenResult::tokensEqual);
      Counts first = check.counts();
      assertThat(check.check(cases)).allMatch(GoldenResult::tokensEqual);
      assertThat(first.preemptions()).isEqualTo(3 * 2);
      assertThat(check.counts().since(first).hits()).isEqualTo(6 * 15);
      assertThat(all.summary(check.counts(), check.counts().since(first)))
          .isEqualTo(
              "forced   12 prompts in 14 pieces of at most 16 tokens, steps for prompts or answers,"
                  + " at a ratio of 1.2, 12 preemptions, 90 of 96 prompt tokens from the prefix"
                  + " cache");
    }
  }

  /** What the model itself answers to some prompts. */
  private static List<GoldenCase> answers(Path model) {
    Random random = new Random(5);
    List<GoldenCase> cases = new ArrayList<>();
    for (int length : new int[] {1, 7, 40}) {
      int[] prompt = random.ints(length, 5, 300).toArray();
      cases.add(new GoldenCase(null, prompt, new int[TOKENS], 1, new double[0], Map.of()));
    }
    try (ModelRuntime runtime = load(model)) {
      GoldenCheck check =
          new GoldenCheck(runtime.model(), runtime.prompts(), GoldenConditions.chunks(512));
      List<GoldenCase> answered = new ArrayList<>();
      List<int[]> tokens = check.greedyTokens(cases);
      for (int i = 0; i < cases.size(); i++) {
        answered.add(
            new GoldenCase(null, cases.get(i).prompt(), tokens.get(i), 1, new double[0], Map.of()));
      }
      return answered;
    }
  }
}
