package io.millrace.bench.checkpoint;

import io.millrace.cli.CommandLines;
import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code bench checkpoint} command, which writes a model of random weights to measure. */
@Command(
    name = "checkpoint",
    mixinStandardHelpOptions = true,
    description =
        "Writes a checkpoint of random weights in bfloat16 in the shape of a known model, to measure"
            + " how fast such a model is loaded and computed. What it answers means nothing.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchCheckpointCommand implements Callable<Integer> {
  private static final Map<String, LlamaShape> SHAPES =
      Map.of(
          "llama-3.2-1b", LlamaShape.LLAMA_3_2_1B,
          "llama-3.1-8b", LlamaShape.LLAMA_3_1_8B);

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Folder to write to; it is made if it is missing.")
  private @Nullable Path folder;

  @Option(
      names = "--shape",
      paramLabel = "NAME",
      required = true,
      description = "Whose shape: llama-3.2-1b (2.5 GB) or llama-3.1-8b (16 GB).")
  private @Nullable String shape;

  @Option(
      names = "--tokenizer-dir",
      paramLabel = "DIR",
      required = true,
      description = "Folder of a model whose tokenizer is copied; it may have fewer tokens.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Equal seeds give equal weights (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Override
  public Integer call() {
    Path text = Objects.requireNonNull(tokenizer);
    Flags.requireOneOf("--shape", List.copyOf(SHAPES.keySet()).stream().sorted().toList(), shape);
    Flags.require(
        Files.isRegularFile(text.resolve("tokenizer.json")),
        "--tokenizer-dir",
        "a folder with a tokenizer.json",
        text);
    Path to = Objects.requireNonNull(folder);
    try {
      LlamaShape chosen = Objects.requireNonNull(SHAPES.get(shape));
      long bytes = new RandomCheckpointFile(chosen, seed).writeTo(to, text);
      spec.commandLine().getOut().printf("%s: %d bytes of weights%n", to, bytes);
      return 0;
    } catch (IOException e) {
      throw new StartFailure("%s cannot be written: %s".formatted(to, e), e);
    }
  }
}
