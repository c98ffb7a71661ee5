package io.millrace.bench.serve;

import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The flags of the report, which say what is reported, and where; they are those of {@code vllm
 * bench serve}.
 */
final class ReportOptions {
  private static final Set<Metric> LIMITED = EnumSet.of(Metric.TTFT, Metric.TPOT, Metric.E2EL);

  @Option(
      names = "--percentile-metrics",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "ttft,tpot,itl,e2el",
      description = "Latencies that are told, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<String> percentileMetrics = List.of();

  @Option(
      names = "--metric-percentiles",
      paramLabel = "P",
      split = ",",
      defaultValue = "99",
      description = "Their percentiles, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Double> metricPercentiles = List.of();

  @Option(
      names = "--goodput",
      arity = "1..*",
      paramLabel = "NAME:MS",
      description =
          "Limits of a good request in milliseconds, such as ttft:200 tpot:50 e2el:5000; tells the"
              + " rate of good requests.")
  private List<String> goodput = List.of();

  @Option(
      names = "--label",
      paramLabel = "NAME",
      description = "A name for the measurement, kept with the result.")
  private @Nullable String label;

  @Option(
      names = "--metadata",
      arity = "1..*",
      paramLabel = "KEY=VALUE",
      description = "Further fields of the result.")
  private List<String> metadata = List.of();

  @Option(names = "--save-result", description = "Write the result to a JSON file.")
  private boolean saveResult;

  @Option(
      names = "--save-detailed",
      description = "Let the result have the lengths, times, texts and errors of all requests.")
  private boolean saveDetailed;

  @Option(
      names = "--result-dir",
      paramLabel = "FOLDER",
      description = "Where --save-result writes (default: here).")
  private Path resultDir = Path.of("");

  @Option(
      names = "--result-filename",
      paramLabel = "NAME",
      description = "Under which name (default: LABEL-RATEqps-MODEL-DATE.json).")
  private @Nullable String resultFilename;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  /** Refuses values that no report can be made of. */
  void validate() {
    metrics();
    limits();
    metadata();
    for (double percent : metricPercentiles) {
      Flags.require(percent >= 0 && percent <= 100, "--metric-percentiles", "0 to 100", percent);
    }
  }

  /** The latencies that are reported. */
  Set<Metric> metrics() {
    return percentileMetrics.stream()
        .map(name -> metric("--percentile-metrics", name, EnumSet.allOf(Metric.class)))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Metric.class)));
  }

  List<Double> percentiles() {
    return metricPercentiles;
  }

  /** Milliseconds that a good request may take; empty if no limits are given. */
  Map<Metric, Double> limits() {
    Map<Metric, Double> limits = new EnumMap<>(Metric.class);
    for (String pair : goodput) {
      String[] parts = pair.split(":", 2);
      limits.put(
          metric("--goodput", parts[0], LIMITED), millis(pair, parts.length == 2 ? parts[1] : ""));
    }
    return limits;
  }

  private static double millis(String pair, String value) {
    try {
      double millis = Double.parseDouble(value);
      if (millis >= 0) {
        return millis;
      }
    } catch (NumberFormatException e) {
      // Told below like a negative one.
    }
    throw Flags.refusal("--goodput", "NAME:MS with 0 or more milliseconds", pair, null);
  }

  private static Metric metric(String flag, String name, Set<Metric> allowed) {
    String names = allowed.stream().map(Metric::key).collect(Collectors.joining(", "));
    return allowed.stream()
        .filter(metric -> metric.key().equals(name.strip()))
        .findFirst()
        .orElseThrow(
            () -> new StartFailure("%s must name %s, but names %s".formatted(flag, names, name)));
  }

  @Nullable String label() {
    return label;
  }

  Map<String, Object> metadata() {
    Map<String, Object> all = new LinkedHashMap<>();
    metadata.forEach(pair -> TargetOptions.add("--metadata", pair, all));
    return all;
  }

  boolean saveDetailed() {
    return saveDetailed;
  }

  boolean json() {
    return json;
  }

  boolean saveResult() {
    return saveResult;
  }

  /**
   * The file of the result.
   *
   * @param parts of its default name
   */
  Path resultFile(String... parts) {
    String name = resultFilename == null ? "" : resultFilename;
    return resultDir.resolve(
        name.isEmpty() ? Arrays.stream(parts).collect(Collectors.joining("-")) + ".json" : name);
  }
}
