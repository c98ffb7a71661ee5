package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import io.millrace.kafka.KafkaOptions;
import io.millrace.worker.WorkerApplication;
import io.millrace.worker.WorkerOptions;
import io.millrace.worker.WorkerService;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class WorkerApplicationIT {
  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private int port;

  @Test
  void probesAndMetrics_sayHowTheWorkerIs() throws Exception {
    port = freePort();
    WorkerOptions options = new WorkerOptions();
    new CommandLine(options).parseArgs("--health-port=" + port, "--worker-name=w1");
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0);
        ScriptedEngine engine = new ScriptedEngine()) {
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
      try (var context = WorkerApplication.start(options, kafka, engine, "tiny")) {
        while (get("/health/ready").statusCode() != 200) {
          Thread.onSpinWait();
        }
        assertThat(get("/health/live").body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(get("/metrics").body())
            .contains(
                "millrace_kv_cache_usage_perc{model_name=\"tiny\",worker=\"w1\"} 0.5",
                "millrace_worker_num_requests_running{model_name=\"tiny\",worker=\"w1\"} 0.0",
                "millrace_worker_num_requests_waiting{model_name=\"tiny\",worker=\"w1\"} 0.0",
                "millrace_redeliveries_total{model_name=\"tiny\",worker=\"w1\"} 0.0",
                "millrace_duplicates_dropped_total{model_name=\"tiny\",worker=\"w1\"} 0.0",
                "millrace_dead_letters_total{model_name=\"tiny\",worker=\"w1\"} 0.0",
                "millrace_worker_slots{model_name=\"tiny\",worker=\"w1\"} 32.0");
        assertThatThrownBy(() -> WorkerApplication.start(options, kafka, engine, "tiny"))
            .isInstanceOf(StartFailure.class)
            .hasMessage("--health-port " + port + " is in use");

        engine.stall(Duration.ofSeconds(121));
        String stall =
            "step 7 of the engine has run for 121.0 s, longer than --step-timeout, which is 120.0 s";
        for (String probe :
            List.of(
                "/health/live",
                "/health/ready",
                "/actuator/health",
                "/actuator/health/liveness",
                "/actuator/health/readiness")) {
          assertThat(get(probe).statusCode()).isEqualTo(503);
          assertThat(get(probe).body()).contains(stall);
        }
        assertThat(get("/actuator/prometheus").body()).contains("millrace_ready 0.0");
        engine.stall(null);
        assertThat(get("/health/live").statusCode()).isEqualTo(200);

        engine.fail("out of memory");
        assertThat(get("/health/live").statusCode()).isEqualTo(503);
        assertThat(get("/health/live").body()).contains("the engine has failed: out of memory");
        assertThat(get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(context.getBean(WorkerService.class).stopped()).isNotDone();
      }
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
