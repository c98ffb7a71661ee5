package io.millrace.standalone;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The real Prometheus, which reads what {@code docker/observability} tells it, but from here. */
final class PrometheusProcess implements AutoCloseable {
  /** Its configuration, in the checkout. */
  static final String FILES = "docker/observability/prometheus";

  private static final int NOT_READY = 503;

  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = JsonMapper.shared();
  private final Process process;
  private final Path log;
  private final String root;

  private PrometheusProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.root = "http://127.0.0.1:" + port;
  }

  static boolean isAvailable() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Stream.of(path.split(":")).anyMatch(it -> Files.isExecutable(Path.of(it, "prometheus")));
  }

  /**
   * Starts it, and waits until it has read from all that it is to watch.
   *
   * @param ports by the name of the job, of one process each
   */
  static PrometheusProcess start(Path folder, Map<String, Integer> ports) throws Exception {
    Files.createDirectories(folder.resolve(FILES).getParent());
    Path config = render(Checkout.copy(FILES, folder), ports);
    Path log = folder.resolve("prometheus.log");
    int port = freePort();
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    PrometheusProcess started = new PrometheusProcess(process, log, port);
    started.await(ports.size());
    return started;
  }

  /** The configuration with other addresses, and without time to lose. */
  private static Path render(Path folder, Map<String, Integer> ports) {
    Path file = folder.resolve("prometheus.yml");
    ObjectNode config = (ObjectNode) new YAMLMapper().readTree(file.toFile());
    ((ObjectNode) config.get("global"))
        .put("scrape_interval", "500ms")
        .put("scrape_timeout", "500ms")
        .put("evaluation_interval", "500ms");
    for (JsonNode one : config.get("scrape_configs")) {
      ObjectNode job = (ObjectNode) one;
      job.remove("dns_sd_configs");
      job.putArray("static_configs")
          .addObject()
          .putArray("targets")
          .add("127.0.0.1:" + ports.get(job.get("job_name").stringValue()));
    }
    JsonMapper.shared().writeValue(file.toFile(), config);
    return file;
  }

  private void await(int targets) throws Exception {
    while (true) {
      if (!process.isAlive()) {
        throw new AssertionError("Prometheus has ended:\n" + Files.readString(log));
      }
      try {
        List<Double> up = query("sum(up)");
        if (!up.isEmpty() && up.get(0) == targets) {
          return;
        }
      } catch (ConnectException notYet) {
        Thread.onSpinWait();
      }
    }
  }

  /**
   * The values that a query gives now, one for each series.
   *
   * @throws AssertionError if Prometheus refuses it
   */
  List<Double> query(String expression) throws IOException, InterruptedException {
    String query = URLEncoder.encode(expression, StandardCharsets.UTF_8);
    List<Double> values = new ArrayList<>();
    for (JsonNode series : get("/api/v1/query?query=" + query).get("result")) {
      values.add(Double.parseDouble(series.at("/value/1").stringValue()));
    }
    return values;
  }

  /** The rules that it has read. */
  List<JsonNode> rules() throws IOException, InterruptedException {
    List<JsonNode> rules = new ArrayList<>();
    get("/api/v1/rules").get("groups").forEach(group -> group.get("rules").forEach(rules::add));
    return rules;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(root + path)).build();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    if (response.statusCode() == NOT_READY) {
      throw new ConnectException("Prometheus is starting");
    }
    JsonNode answer = json.readTree(response.body());
    if (!answer.path("status").asString("").equals("success")) {
      throw new AssertionError(path + ": " + answer);
    }
    return answer.get("data");
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
