package io.millrace.bench.serve;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A measurement as JSON, with the keys of vLLM's result files.
 *
 * @param date when it ended
 * @param model the name in requests
 */
record ServeResult(
    LocalDateTime date,
    String model,
    TargetOptions target,
    DatasetOptions dataset,
    LoadOptions rate,
    ReportOptions options,
    ServeReport report,
    Load load) {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    String backend = target.backend().toString();
    fields.put("date", DATE.format(date));
    fields.put("endpoint_type", backend);
    fields.put("backend", backend);
    fields.put("label", options.label());
    fields.put("model_id", model);
    fields.put("tokenizer_id", dataset.tokenizer());
    fields.put("num_prompts", dataset.numPrompts());
    fields.putAll(options.metadata());
    fields.put("request_rate", finite(rate.requestRate()));
    fields.put("burstiness", finite(rate.burstiness()));
    fields.put("max_concurrency", rate.maxConcurrency());
    fields.putAll(report.fields());
    if (options.saveDetailed()) {
      addRequests(fields);
    }
    return fields;
  }

  String json() {
    return JsonMapper.shared().writeValueAsString(fields());
  }

  /** Writes the file, and says where it is. */
  Path save() {
    @Nullable String label = options.label();
    @Nullable Integer concurrency = rate.maxConcurrency();
    Path file =
        options.resultFile(
            label == null ? target.backend().toString() : label,
            finite(rate.requestRate())
                + "qps"
                + (concurrency == null ? "" : "-concurrency" + concurrency),
            model.substring(model.lastIndexOf('/') + 1),
            DATE.format(date));
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return Files.writeString(file, json() + "\n");
    } catch (IOException e) {
      throw new StartFailure("--result-dir: cannot write %s (%s)".formatted(file, e), e);
    }
  }

  private void addRequests(Map<String, Object> fields) {
    fields.put("input_lens", each(Outcome::promptTokens));
    fields.put("output_lens", each(Outcome::outputTokens));
    fields.put("ttfts", each(Outcome::ttft));
    fields.put("itls", each(Outcome::gaps));
    fields.put("latencies", each(Outcome::latency));
    fields.put("start_times", each(Outcome::start));
    fields.put("queue_times", load.queueTimes());
    fields.put("generated_texts", each(Outcome::text));
    fields.put("errors", each(outcome -> outcome.error() == null ? "" : outcome.error()));
  }

  private List<Object> each(Function<Outcome, Object> value) {
    return load.outcomes().stream().map(value).toList();
  }

  private static Object finite(double value) {
    return Double.isInfinite(value) ? "inf" : value;
  }
}
