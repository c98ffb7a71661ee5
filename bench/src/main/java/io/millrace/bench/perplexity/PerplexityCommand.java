package io.millrace.bench.perplexity;

import io.millrace.cli.Flags;
import io.millrace.cli.ModelOption;
import io.millrace.cli.StartFailure;
import io.millrace.engine.start.EngineOptions;
import io.millrace.engine.start.EngineStart;
import io.millrace.engine.start.ModelRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The {@code perplexity} command, which compares a precision with float32. */
@Command(
    name = "perplexity",
    mixinStandardHelpOptions = true,
    description = {
      "Reads a text with the model as --dtype, --quantize and --kernel have it, and in fp32, and"
          + " prints the perplexity of both and how far their next-token distributions are apart.",
      "Both are in memory at once. --max-num-batched-tokens 1 reads a token a step, as answers are"
          + " made."
    },
    sortOptions = false)
public final class PerplexityCommand implements Callable<Integer> {
  private static final String ESSAY = "essay.txt";
  private static final int MIN_WINDOW = 2;

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "The text, in UTF-8 (default: an essay that comes with the program).")
  private @Nullable Path text;

  @Option(
      names = "--window",
      paramLabel = "TOKENS",
      defaultValue = "512",
      description = "Tokens that are read in one context (default: ${DEFAULT-VALUE}).")
  private int window = 512;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    engine.validate(1);
    Flags.requireAtLeast("--window", MIN_WINDOW, window);
    String read = text();
    PerplexityReport report;
    try (ModelRuntime chosen = EngineStart.load(model.model(), engine, 1);
        ModelRuntime reference = EngineStart.load(model.model(), engine.reference(), 1)) {
      int[][] windows = ContextWindows.of(read, chosen.prompts(), longest(chosen));
      int tokensAStep = Math.min(engine.maxNumBatchedTokens(1), LogitStream.MOST_TOKENS_A_STEP);
      report = DistributionComparison.of(reference.model(), chosen.model(), windows, tokensAStep);
    }
    spec.commandLine()
        .getOut()
        .println(json ? JsonMapper.shared().writeValueAsString(report) : report.toString());
    return 0;
  }

  private int longest(ModelRuntime runtime) {
    int capacity = runtime.model().numBlocks() * runtime.model().blockSize();
    return Math.min(window, Math.min(capacity, runtime.model().spec().maxPositions()));
  }

  private String text() {
    if (text == null) {
      return essay();
    }
    try {
      return Files.readString(text);
    } catch (IOException e) {
      throw new StartFailure("--text %s: cannot be read as UTF-8 (%s)".formatted(text, e), e);
    }
  }

  /** The text that comes with the program. */
  static String essay() {
    try (InputStream in = PerplexityCommand.class.getResourceAsStream(ESSAY)) {
      if (in == null) {
        throw new IllegalStateException(ESSAY + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
