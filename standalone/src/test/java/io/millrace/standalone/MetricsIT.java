package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Metrics and health of a running set; by the real Prometheus, where it is installed. */
final class MetricsIT {
  private static final Path DASHBOARD =
      Path.of("..", "docker", "observability", "grafana", "dashboards", "millrace.json");

  /** A name in a query; functions have a bracket behind them, and labels an operator. */
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:millrace|jvm|process|http)_\\w+|\\bup\\b");

  @TempDir static Path folder;
  private static MeteredService service;

  @BeforeAll
  static void start() throws IOException {
    service = new MeteredService(folder);
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void queriesOfDashboardAndAlerts_giveDataUnderLoad() throws Exception {
    Assumptions.assumeTrue(
        PrometheusProcess.isAvailable(),
        "dashboard and alerts are not tested: no 'prometheus' is installed (PATH)");
    Map<String, Integer> ports =
        Map.of("millrace-api", service.apiPort(), "millrace-worker", service.workerPort());
    try (PrometheusProcess prometheus = PrometheusProcess.start(folder, ports)) {
      ask();
      List<String> queries = new ArrayList<>();
      collect(JsonMapper.shared().readTree(DASHBOARD.toFile()), queries);
      assertThat(queries).hasSizeGreaterThan(40);
      for (String query : queries) {
        awaitData(prometheus, query);
      }
      rulesWatchWhatThereIs(prometheus);
    }
  }

  /** Rules that alert nobody give no data, so what they look at is looked for. */
  private static void rulesWatchWhatThereIs(PrometheusProcess prometheus) throws Exception {
    List<JsonNode> rules = prometheus.rules();
    while (rules.stream().anyMatch(rule -> rule.path("health").asString("").equals("unknown"))) {
      rules = prometheus.rules();
    }
    assertThat(rules).hasSizeGreaterThan(5);
    for (JsonNode rule : rules) {
      assertThat(rule.path("health").asString()).as(rule.toString()).isEqualTo("ok");
      assertThat(rule.path("state").asString()).as(rule.toString()).isNotEqualTo("firing");
      List<String> metrics =
          METRIC.matcher(rule.path("query").asString()).results().map(MatchResult::group).toList();
      assertThat(metrics).as(rule.toString()).isNotEmpty();
      for (String metric : metrics) {
        awaitData(prometheus, "count(" + metric + ")");
      }
    }
  }

  private static void awaitData(PrometheusProcess prometheus, String query) throws Exception {
    long limit = System.nanoTime() + 30_000_000_000L;
    List<Double> values = prometheus.query(query);
    while (!isData(values) && System.nanoTime() < limit) {
      values = prometheus.query(query);
    }
    assertThat(isData(values)).as("%s gives %s", query, values).isTrue();
  }

  private static boolean isData(List<Double> values) {
    return !values.isEmpty() && values.stream().allMatch(Double::isFinite);
  }

  private static void collect(JsonNode node, List<String> queries) {
    if (node.has("expr")) {
      queries.add(
          node.get("expr").stringValue().replace("$__rate_interval", "1m").replace("$model", ".*"));
    }
    node.forEach(child -> collect(child, queries));
  }

  /** Streams, whole answers, a grammar twice, and a request that is refused. */
  private static void ask() throws Exception {
    String prompt =
        "{\"prompt\":\"once upon a time there was\",\"max_tokens\":20,\"ignore_eos\":true";
    for (int i = 0; i < 3; i++) {
      assertThat(service.ask(prompt + "}").statusCode()).isEqualTo(200);
      assertThat(service.ask(prompt + ",\"stream\":true}").body()).contains("[DONE]");
    }
    for (int i = 0; i < 2; i++) {
      String number = "{\"prompt\":\"a\",\"guided_regex\":\"[0-9]{3}-[0-9]{4}\"}";
      assertThat(service.ask(number).statusCode()).isEqualTo(200);
    }
    assertThat(service.ask("{\"prompt\":5}").statusCode()).isEqualTo(400);
  }

  @Test
  void alerts_fireForEachFaultAndForNoneElse() throws Exception {
    Assumptions.assumeTrue(
        PrometheusProcess.isAvailable(),
        "alerts are not tested: no 'prometheus' is installed (PATH)");
    Process test =
        new ProcessBuilder("promtool", "test", "rules", "alerts_test.yml")
            .directory(Path.of("..", PrometheusProcess.FILES).toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(test.waitFor()).as(output).isZero();
  }

  @Test
  void table_isWhatIsExported() throws Exception {
    ask();
    MetricTable table = new MetricTable();
    table.add("api", service.get(service.apiPort(), "/metrics").body());
    table.add("worker", service.get(service.workerPort(), "/actuator/prometheus").body());
    assertThat(String.join("\n", Checkout.lines("docs/metrics.md"))).contains(table.toString());
  }

  @Test
  void actuator_tellsOfApiAndWorker() throws Exception {
    JsonNode api = json(service.get(service.apiPort(), "/actuator/health"));
    assertThat(api.toString())
        .isEqualTo(
            "{\"groups\":[\"liveness\",\"readiness\"],\"status\":\"UP\",\"components\":{"
                + "\"broker\":{\"status\":\"UP\",\"details\":{\"state\":\"answers\"}},"
                + "\"replies\":{\"status\":\"UP\",\"details\":{\"state\":\"are read\"}}}}");
    while (service.get(service.workerPort(), "/actuator/health/readiness").statusCode() != 200) {
      Thread.onSpinWait();
    }
    for (int port : List.of(service.apiPort(), service.workerPort())) {
      assertThat(json(service.get(port, "/actuator/health/liveness")).path("status").asString())
          .isEqualTo("UP");
      JsonNode info = json(service.get(port, "/actuator/info"));
      assertThat(info.at("/build/version").asString()).matches("\\d.*");
      assertThat(info.at("/build/artifact").asString()).isEqualTo("millrace");
      assertThat(info.at("/java/version").asString()).isNotBlank();
      assertThat(info.at("/process/pid").asLong()).isPositive();
      assertThat(service.get(port, "/actuator/prometheus").body())
          .contains("millrace_ready 1.0", "jvm_memory_used_bytes", "process_cpu_usage");
    }
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }
}
