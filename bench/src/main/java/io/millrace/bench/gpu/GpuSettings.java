package io.millrace.bench.gpu;

import io.millrace.engine.start.EngineOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import picocli.CommandLine;

/**
 * The settings of a check of a GPU.
 *
 * @param device such as {@code cuda:1}; with {@code cpu} the check is rehearsed, in little
 * @param goldens folders with checkpoint and {@code golden.json}
 * @param batches sequences in a step
 * @param context tokens of each prompt
 * @param steps tokens of each answer
 * @param python command of Python; blank for none
 */
record GpuSettings(
    String device,
    boolean useCudaKernel,
    List<Path> goldens,
    List<ModelShape> shapes,
    List<Integer> batches,
    int context,
    int steps,
    Duration time,
    String python) {
  static final String CPU = "cpu";
  static final String FP32 = "fp32";
  static final String BF16 = "bf16";

  /** The kernel that adds up as a reference does. */
  private static final String PLAIN = "--kernel=plain";

  /** Tokens of a prefill step: past them a GPU's matrix products do not get faster. */
  private static final int GPU_STEP = 2048;

  private static final int CPU_STEP = 256;

  /** Tokens that the first sequences may be ahead of the last when a measurement begins. */
  private static final int AHEAD = 64;

  boolean onCpu() {
    return device.equals(CPU);
  }

  int largestBatch() {
    return Collections.max(batches);
  }

  int maxNumBatchedTokens() {
    return Math.max(largestBatch(), onCpu() ? CPU_STEP : GPU_STEP);
  }

  /** Options of an engine on the device. */
  EngineOptions engine(String dtype, String... more) {
    List<String> flags = flags(dtype);
    flags.addAll(List.of(more));
    return parsed(flags);
  }

  /** Options of an engine whose cache holds what is measured, and no more. */
  EngineOptions measuredEngine(String dtype) {
    return engine(dtype, "--max-input-len=" + context, "--max-output-len=" + (steps + AHEAD));
  }

  /** Options of an engine in float32 on this machine's CPU, to compare with. */
  static EngineOptions reference() {
    return parsed(List.of("--device=" + CPU, "--dtype=" + FP32, PLAIN));
  }

  /** The flags of an engine on the device, as a command takes them. */
  List<String> flags(String dtype) {
    List<String> flags = new ArrayList<>(List.of("--device=" + device, "--dtype=" + dtype));
    if (onCpu() && dtype.equals(FP32)) {
      flags.add(PLAIN);
    }
    if (useCudaKernel) {
      flags.add("--use-cuda-kernel=true");
    }
    return flags;
  }

  private static EngineOptions parsed(List<String> flags) {
    EngineOptions options = new EngineOptions();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(flags.toArray(String[]::new));
    return options;
  }
}
