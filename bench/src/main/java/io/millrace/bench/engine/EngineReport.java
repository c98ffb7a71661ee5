package io.millrace.bench.engine;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The report of an engine benchmark: the results, and the machine and model that they are of.
 *
 * @param cpuClass see {@link Cpu#level}
 * @param steps decode steps of a run
 */
record EngineReport(
    @JsonProperty("model") String model,
    @JsonProperty("dtype") String dtype,
    @JsonProperty("quantize") String quantize,
    @JsonProperty("kernel") String kernel,
    @JsonProperty("device") String device,
    @JsonProperty("cpu") String cpu,
    @JsonProperty("cpu_class") String cpuClass,
    @JsonProperty("cores") int cores,
    @JsonProperty("threads") int threads,
    @JsonProperty("max_num_batched_tokens") int maxNumBatchedTokens,
    @JsonProperty("steps") int steps,
    @JsonProperty("repeat") int repeat,
    @JsonProperty("results") List<EngineResult> results) {
  private static final double PERCENT = 100;

  @Override
  public String toString() {
    String head =
        String.format(
            Locale.ROOT,
            """
            model    %s
            weights  dtype %s, quantize %s, kernel %s
            cpu      %s (%s, %d cores), %d threads, device %s
            runs     %d of %d steps, prompts in steps of %d tokens

            batch  context  prefill tok/s  decode tok/s        p10        p90   step ms  host %%
            """,
            model,
            dtype,
            quantize,
            kernel,
            cpu,
            cpuClass,
            cores,
            threads,
            device,
            repeat,
            steps,
            maxNumBatchedTokens);
    return results.stream().map(EngineReport::line).collect(Collectors.joining("\n", head, ""));
  }

  private static String line(EngineResult result) {
    return String.format(
        Locale.ROOT,
        "%5d  %7d  %13.1f  %12.1f  %9.1f  %9.1f  %8.2f  %6.2f",
        result.batch(),
        result.context(),
        result.prefill(),
        result.decode(),
        result.decodeP10(),
        result.decodeP90(),
        result.stepMillis(),
        PERCENT * result.hostShare());
  }
}
