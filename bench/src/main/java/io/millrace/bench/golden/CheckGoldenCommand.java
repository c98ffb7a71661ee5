package io.millrace.bench.golden;

import io.millrace.bench.golden.GoldenConditions.Counts;
import io.millrace.cli.ServedModel;
import io.millrace.engine.start.EngineOptions;
import io.millrace.engine.start.EngineStart;
import io.millrace.engine.start.ModelRuntime;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code check-golden} command, which compares a model with its reference. */
@Command(
    name = "check-golden",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the cases of DIR/golden.json and compares with the reference: greedy tokens, the"
          + " likeliest tokens' log-probabilities and the first logits at the end of each prompt.",
      "Ends with 0 only if all tokens are equal and no difference exceeds 1e-3, whatever was"
          + " forced: prompts in pieces (--max-num-batched-tokens), prompts and answers in separate"
          + " steps (--prefill-ratio), tokens computed in advance (--speculative-config), --batched,"
          + " --preempt, --prefix-cache."
    },
    sortOptions = false)
public final class CheckGoldenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine = EngineOptions.inFloat32();

  @Parameters(paramLabel = "DIR", description = "Folder with golden.json, and with the checkpoint.")
  private Path folder;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "Take the checkpoint from this folder, file or model card; 'default' is the default"
              + " model.")
  private @Nullable String model;

  @Option(names = "--batched", description = "Run all cases in one batch.")
  private boolean batched;

  @Option(
      names = "--preempt",
      description =
          "Take every case's blocks away each 8 tokens of its answer, so that all is computed again.")
  private boolean preempt;

  @Option(
      names = "--prefix-cache",
      description =
          "Run all cases twice, the second time with what the first has left in the KV cache; full"
              + " blocks only, so see --block-size.")
  private boolean prefixCache;

  @Override
  public Integer call() {
    engine.validate(1);
    List<GoldenCase> cases = GoldenCase.read(folder.resolve("golden.json"));
    List<List<GoldenCase>> batches =
        batched ? List.of(cases) : cases.stream().map(List::of).toList();
    PrintWriter out = spec.commandLine().getOut();
    List<GoldenResult> results = new ArrayList<>();
    try (ModelRuntime runtime = EngineStart.loadSpeculating(source(), engine, cases.size())) {
      GoldenConditions conditions =
          new GoldenConditions(engine.policy(1), preempt, prefixCache, runtime.drafter());
      GoldenCheck check = new GoldenCheck(runtime.model(), runtime.prompts(), conditions);
      run(check, batches, results, out);
      Counts first = check.counts();
      if (prefixCache) {
        out.println("the same again, with the blocks of the first run:");
        run(check, batches, results, out);
      }
      out.println(conditions.summary(check.counts(), check.counts().since(first)));
    }
    GoldenSummary summary = GoldenSummary.of(results);
    out.println(summary);
    return summary.passed() ? 0 : 1;
  }

  private static void run(
      GoldenCheck check,
      List<List<GoldenCase>> batches,
      List<GoldenResult> results,
      PrintWriter out) {
    int number = 0;
    for (List<GoldenCase> batch : batches) {
      for (GoldenResult result : check.check(batch)) {
        out.println("case %2d  %s".formatted(++number, result));
        results.add(result);
      }
    }
  }

  private String source() {
    if (model == null) {
      return folder.toString();
    }
    return model.equals("default") ? ServedModel.DEFAULT_MODEL : model;
  }
}
