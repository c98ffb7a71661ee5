package io.millrace.bench.gpu;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The speed of a model's shape in one way of computing.
 *
 * @param what {@code decode} or {@code prefill}
 * @param batch sequences in a step
 * @param tokensPerSecond of the whole batch
 * @param stepMillis median time of a decode step; 0 for prefill
 * @param hostShare part of a decode step that is not spent in native code, 0 to 1; 0 for prefill
 * @param ceilingShare share of what the device does at most by measurement: of the bandwidth of a
 *     copy for decode, of the rate of a bfloat16 product for prefill
 * @param specifiedShare share of the specified bandwidth; 0 where it is unknown, and for prefill
 * @param python tokens a second of the same by PyTorch from Python; null if that has not run
 */
record Speed(
    @JsonProperty("shape") String shape,
    @JsonProperty("what") String what,
    @JsonProperty("batch") int batch,
    @JsonProperty("tokens_per_second") double tokensPerSecond,
    @JsonProperty("step_ms") double stepMillis,
    @JsonProperty("host_share") double hostShare,
    @JsonProperty("ceiling_share") double ceilingShare,
    @JsonProperty("specified_share") double specifiedShare,
    @JsonProperty("python_tokens_per_second") @Nullable Double python) {
  static final String DECODE = "decode";
  static final String PREFILL = "prefill";

  /** The heading of a table of speeds. */
  static final String HEADING =
      "shape  what     rows      tok/s   step ms  host %  ceiling %  spec %   python tok/s  ratio";

  private static final double PERCENT = 100;

  Speed withPython(@Nullable Double told) {
    return new Speed(
        shape,
        what,
        batch,
        tokensPerSecond,
        stepMillis,
        hostShare,
        ceilingShare,
        specifiedShare,
        told);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-5s  %-7s  %4d  %9.1f  %s  %s  %9.1f  %s  %s",
        shape,
        what,
        batch,
        tokensPerSecond,
        figure("%8.2f", stepMillis),
        figure("%6.1f", PERCENT * hostShare),
        PERCENT * ceilingShare,
        figure("%6.1f", PERCENT * specifiedShare),
        python == null
            ? "           -      -"
            : String.format(Locale.ROOT, "%12.1f  %5.2f", python, tokensPerSecond / python));
  }

  /** A figure, or a dash of the same width where there is none. */
  private static String figure(String format, double value) {
    String shown = String.format(Locale.ROOT, format, value);
    return value == 0 ? "-".indent(shown.length() - 1).stripTrailing() : shown;
  }
}
