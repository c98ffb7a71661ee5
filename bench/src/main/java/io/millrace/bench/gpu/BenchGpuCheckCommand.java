package io.millrace.bench.gpu;

import io.millrace.cli.CommandLines;
import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The {@code bench gpu-check} command: whether a GPU computes what it should, and how fast. */
@Command(
    name = "gpu-check",
    mixinStandardHelpOptions = true,
    description = {
      "Checks a GPU in a few minutes: the goldens of folders, mixed requests against the CPU, bf16"
          + " against fp32; what memory and matrix products reach at most, and how near decode and"
          + " prefill of 1B and 8B shapes with random weights come to it, beside PyTorch from"
          + " Python where that is installed.",
      "Ends with 0 if nothing that was checked failed. With --device cpu it is a rehearsal, in"
          + " little."
    },
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchGpuCheckCommand implements Callable<Integer> {
  private static final int MOST_MINUTES = 600;

  @Spec private CommandSpec spec;

  @Option(
      names = "--golden",
      paramLabel = "DIR",
      arity = "1..*",
      description =
          "Folders with checkpoint and golden.json, to be met in fp32; the first also answers 64"
              + " mixed requests, which the CPU answers too (default: none).")
  private List<Path> goldens = List.of();

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cuda",
      description = "cuda, cuda:N, or cpu for a rehearsal (default: ${DEFAULT-VALUE}).")
  private String device = "cuda";

  @Option(
      names = "--use-cuda-kernel",
      arity = "0..1",
      paramLabel = "true|false",
      fallbackValue = "true",
      description = "Compute by the fused CUDA kernels, as --use-cuda-kernel of a worker does.")
  private boolean useCudaKernel;

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      split = ",",
      description = "Shapes to measure: tiny, 1b, 8b (default: 1b,8b; on a CPU tiny).")
  private List<String> shapes = List.of();

  @Option(
      names = "--batch",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,8,32,128",
      description = "Sequences in a step, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches = List.of();

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      description = "Tokens of each prompt (default: 256; on a CPU 32).")
  private @Nullable Integer context;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Tokens of each answer in a run (default: 64; on a CPU 8).")
  private @Nullable Integer steps;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "Time for all of it: what does not fit is left out (default: ${DEFAULT-VALUE}).")
  private int minutes = 5;

  @Option(
      names = "--python",
      paramLabel = "COMMAND",
      defaultValue = "python3",
      description =
          "The Python whose PyTorch to compare with; empty for none (default: ${DEFAULT-VALUE}).")
  private String python = "python3";

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the JSON object to a file as well (default: none).")
  private @Nullable Path report;

  @Override
  public Integer call() {
    Flags.require(
        device.matches("cpu|cuda(:\\d{1,2})?"), "--device", "cpu, cuda or cuda:N", device);
    Flags.require(
        !useCudaKernel || !device.equals(GpuSettings.CPU),
        "--device",
        "cuda or cuda:N when --use-cuda-kernel is given",
        device);
    Flags.requireBetween("--minutes", 1, MOST_MINUTES, minutes);
    goldens.forEach(
        folder ->
            Flags.require(
                Files.isRegularFile(folder.resolve("golden.json")),
                "--golden",
                "folders with golden.json",
                folder));
    batches.forEach(batch -> Flags.requireAtLeast("--batch", 1, batch));
    GpuSettings settings = settings();
    Flags.requireAtLeast("--context", 1, settings.context());
    Flags.requireAtLeast("--steps", 1, settings.steps());
    GpuReport result = new GpuCheck(settings).run();
    String text = JsonMapper.shared().writeValueAsString(result);
    write(text);
    spec.commandLine().getOut().println(json ? text : result.toString());
    return result.passed() ? 0 : 1;
  }

  private GpuSettings settings() {
    boolean cpu = device.equals(GpuSettings.CPU);
    List<String> named = shapes.isEmpty() ? cpu ? List.of("tiny") : List.of("1b", "8b") : shapes;
    return new GpuSettings(
        device,
        useCudaKernel,
        goldens,
        named.stream().map(BenchGpuCheckCommand::shape).toList(),
        batches,
        context == null ? cpu ? 32 : 256 : context,
        steps == null ? cpu ? 8 : 64 : steps,
        Duration.ofMinutes(minutes),
        python);
  }

  private static ModelShape shape(String name) {
    String known = ModelShape.ALL.stream().map(ModelShape::name).collect(Collectors.joining(", "));
    return ModelShape.ALL.stream()
        .filter(shape -> shape.name().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> new StartFailure("--shape must be one of %s, but is %s".formatted(known, name)));
  }

  private void write(String text) {
    if (report == null) {
      return;
    }
    try {
      Files.writeString(report, text + "\n");
    } catch (IOException e) {
      throw new StartFailure("--report %s: cannot be written (%s)".formatted(report, e), e);
    }
  }
}
