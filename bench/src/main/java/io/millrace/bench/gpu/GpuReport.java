package io.millrace.bench.gpu;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.engine.model.DeviceCeilings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The report of a check of a GPU.
 *
 * @param device in one line, with driver and libtorch
 * @param kernels how each precision is computed
 * @param ceilings what the device does at most; null if that is not known
 * @param python how PyTorch from Python computed; null if it has not run
 */
record GpuReport(
    @JsonProperty("device") String device,
    @JsonProperty("kernels") Map<String, String> kernels,
    @JsonProperty("seconds") double seconds,
    @JsonProperty("ceilings") @Nullable Ceilings ceilings,
    @JsonProperty("verdicts") List<Verdict> verdicts,
    @JsonProperty("speeds") List<Speed> speeds,
    @JsonProperty("python") @Nullable String python) {
  private static final double GIGA = 1e9;
  private static final double TERA = 1e12;

  /** The ceilings in the units of data sheets. */
  record Ceilings(
      @JsonProperty("copy_gb_per_second") double copy,
      @JsonProperty("specified_gb_per_second") double specified,
      @JsonProperty("bf16_tflops") double bf16,
      @JsonProperty("fp16_tflops") double fp16,
      @JsonProperty("fp32_tflops") double fp32) {
    static Ceilings of(DeviceCeilings measured) {
      return new Ceilings(
          measured.copyBandwidth() / GIGA,
          measured.specifiedBandwidth() / GIGA,
          measured.bf16Flops() / TERA,
          measured.fp16Flops() / TERA,
          measured.fp32Flops() / TERA);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "copy %.1f GB/s%s; products in bf16 %.2f, fp16 %.2f, fp32 %.2f TFLOP/s",
          copy,
          specified == 0 ? "" : String.format(Locale.ROOT, " (%.1f GB/s are specified)", specified),
          bf16,
          fp16,
          fp32);
    }
  }

  /** Whether nothing failed. */
  boolean passed() {
    return verdicts.stream().noneMatch(verdict -> verdict.result() == Verdict.Result.FAILED);
  }

  @Override
  public String toString() {
    String head =
        String.format(
            Locale.ROOT,
            "device    %s%nkernels   %s%nceilings  %s%npython    %s%ntime      %.0f s%n%n",
            device,
            kernels.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", ")),
            ceilings == null ? "not measured" : ceilings,
            python == null ? "has not run" : python,
            seconds);
    String checks = verdicts.stream().map(Verdict::toString).collect(Collectors.joining("\n"));
    String table =
        speeds.stream()
            .map(Speed::toString)
            .collect(Collectors.joining("\n", Speed.HEADING + "\n", ""));
    return head + checks + (speeds.isEmpty() ? "" : "\n\n" + table);
  }
}
