package io.millrace.bench.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bench.CommandRun;
import io.millrace.engine.start.EngineOptions;
import io.millrace.engine.start.EngineStart;
import io.millrace.engine.start.ModelRuntime;
import io.millrace.models.weights.Checkpoint;
import io.millrace.models.weights.ElementType;
import io.millrace.models.weights.TensorView;
import io.millrace.testing.TinyCheckpoint;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class RandomCheckpointFileTest {
  private static final LlamaShape TINY = new LlamaShape(64, 2, 4, 2, 96, 400, false, 8);

  private @TempDir Path folder;

  @Test
  void checkpoint_isLoaded_withNumbersOfAFittingSize() throws Exception {
    Path text = TinyCheckpoint.llama().writeAllButWeights(folder.resolve("text"));
    Path model = folder.resolve("model");

    long bytes = new RandomCheckpointFile(TINY, 1).writeTo(model, text);

    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      assertThat(checkpoint.names().stream().mapToLong(it -> checkpoint.tensor(it).bytes()).sum())
          .isEqualTo(bytes);
      TensorView matrix = checkpoint.tensor("model.layers.1.mlp.down_proj.weight");
      assertThat(matrix.type()).isEqualTo(ElementType.BF16);
      assertThat(deviation(matrix)).isCloseTo(1 / Math.sqrt(96), within(0.01));
      assertThat(deviation(checkpoint.tensor("model.norm.weight"))).isEqualTo(1);
    }
    EngineOptions options = new EngineOptions();
    new CommandLine(options)
        .parseArgs("--device=cpu", "--dtype=fp32", "--threads=1", "--kv-cache-memory=1MiB");
    try (ModelRuntime runtime = EngineStart.load(model.toString(), options, 1)) {
      assertThat(runtime.model().spec().vocab()).isEqualTo(400);
    }
  }

  @Test
  void shapes_haveTheParametersOfTheirModels() {
    assertThat(parameters(LlamaShape.LLAMA_3_2_1B)).isEqualTo(1_235_814_400L);
    assertThat(parameters(LlamaShape.LLAMA_3_1_8B)).isEqualTo(8_030_261_248L);
  }

  @Test
  void command_namesWhatIsWrong() {
    String to = folder.resolve("model").toString();
    CommandRun shape = run(to, "--shape=gpt-5", "--tokenizer-dir=" + folder);
    assertThat(shape.code()).isEqualTo(2);
    assertThat(shape.err())
        .contains("--shape must be one of [llama-3.1-8b, llama-3.2-1b], but is gpt-5");
    CommandRun text = run(to, "--shape=llama-3.2-1b", "--tokenizer-dir=" + folder);
    assertThat(text.code()).isEqualTo(2);
    assertThat(text.err()).contains("--tokenizer-dir must be a folder with a tokenizer.json");
  }

  private static CommandRun run(String... args) {
    return CommandRun.of(new BenchCheckpointCommand(), List.of(args));
  }

  private static long parameters(LlamaShape shape) {
    return shape.tensors().stream().mapToLong(LlamaShape.Tensor::elements).sum();
  }

  private static double deviation(TensorView tensor) {
    ShortBuffer bits = tensor.data().asShortBuffer();
    int count = bits.remaining();
    double squares = 0;
    while (bits.hasRemaining()) {
      squares += Math.pow(Float.intBitsToFloat(bits.get() << Short.SIZE), 2);
    }
    return Math.sqrt(squares / count);
  }
}
