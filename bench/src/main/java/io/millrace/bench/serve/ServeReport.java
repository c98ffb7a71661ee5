package io.millrace.bench.serve;

import io.millrace.bench.stats.Summary;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The report of a measurement, as text and as fields, in vLLM's words and keys.
 *
 * @param requestRate requests a second; infinity for all at once
 * @param maxConcurrency null for any number
 * @param told the latencies that are reported
 * @param percentiles of them
 * @param withGoodput whether goodput is reported
 */
record ServeReport(
    ServeMetrics metrics,
    double requestRate,
    @Nullable Integer maxConcurrency,
    Set<Metric> told,
    List<Double> percentiles,
    boolean withGoodput) {
  private static final int WIDTH = 50;

  /** The block of text. */
  @Override
  public String toString() {
    List<String> lines = new ArrayList<>();
    lines.add(centered(" Serving Benchmark Result ", '='));
    addCounts(lines);
    addRates(lines);
    for (Metric metric : Metric.values()) {
      if (told.contains(metric)) {
        addLatency(lines, metric);
      }
    }
    lines.add("=".repeat(WIDTH));
    return String.join("\n", lines);
  }

  private void addCounts(List<String> lines) {
    lines.add(line("Successful requests:", metrics.completed()));
    lines.add(line("Failed requests:", metrics.failed()));
    if (maxConcurrency != null) {
      lines.add(line("Maximum request concurrency:", maxConcurrency));
    }
    if (!Double.isInfinite(requestRate)) {
      lines.add(line("Request rate configured (RPS):", requestRate));
    }
    lines.add(line("Benchmark duration (s):", metrics.duration()));
    lines.add(line("Total input tokens:", metrics.totalInput()));
    lines.add(line("Total generated tokens:", metrics.totalOutput()));
  }

  private void addRates(List<String> lines) {
    lines.add(line("Request throughput (req/s):", metrics.requestThroughput()));
    if (withGoodput) {
      lines.add(line("Request goodput (req/s):", metrics.goodput()));
    }
    lines.add(line("Output token throughput (tok/s):", metrics.outputThroughput()));
    lines.add(
        line("Peak output token throughput (tok/s):", (double) metrics.maxOutputTokensPerSecond()));
    lines.add(line("Peak concurrent requests:", (double) metrics.maxConcurrentRequests()));
    lines.add(line("Total token throughput (tok/s):", metrics.totalThroughput()));
  }

  private void addLatency(List<String> lines, Metric metric) {
    Summary millis = latency(metric);
    lines.add(centered(metric.title(), '-'));
    lines.add(line("Mean %s (ms):".formatted(metric.label()), millis.mean()));
    lines.add(line("Median %s (ms):".formatted(metric.label()), millis.median()));
    for (double percent : percentiles) {
      lines.add(
          line(
              "P%s %s (ms):".formatted(word(percent), metric.label()), millis.percentile(percent)));
    }
  }

  /** The result's figures. */
  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("duration", metrics.duration());
    fields.put("completed", metrics.completed());
    fields.put("failed", metrics.failed());
    fields.put("total_input_tokens", metrics.totalInput());
    fields.put("total_output_tokens", metrics.totalOutput());
    fields.put("request_throughput", metrics.requestThroughput());
    fields.put("request_goodput", withGoodput ? metrics.goodput() : null);
    fields.put("output_throughput", metrics.outputThroughput());
    fields.put("total_token_throughput", metrics.totalThroughput());
    fields.put("max_output_tokens_per_s", (double) metrics.maxOutputTokensPerSecond());
    fields.put("max_concurrent_requests", metrics.maxConcurrentRequests());
    told.forEach(metric -> addFields(fields, metric));
    return fields;
  }

  private void addFields(Map<String, Object> fields, Metric metric) {
    Summary millis = latency(metric);
    String suffix = "_%s_ms".formatted(metric.key());
    fields.put("mean" + suffix, millis.mean());
    fields.put("median" + suffix, millis.median());
    fields.put("std" + suffix, millis.deviation());
    percentiles.forEach(
        percent -> fields.put("p" + word(percent) + suffix, millis.percentile(percent)));
  }

  private Summary latency(Metric metric) {
    return metrics.millis().getOrDefault(metric, Summary.of());
  }

  private static String line(String label, double value) {
    return String.format(Locale.ROOT, "%-40s %-10.2f", label, value);
  }

  private static String line(String label, long value) {
    return String.format(Locale.ROOT, "%-40s %-10d", label, value);
  }

  private static String centered(String text, char fill) {
    int left = (WIDTH - text.length()) / 2;
    int right = WIDTH - text.length() - left;
    String filler = String.valueOf(fill);
    return filler.repeat(left) + text + filler.repeat(right);
  }

  /** {@code 99}, or {@code 99.9}. */
  private static String word(double percent) {
    return BigDecimal.valueOf(percent).stripTrailingZeros().toPlainString();
  }
}
