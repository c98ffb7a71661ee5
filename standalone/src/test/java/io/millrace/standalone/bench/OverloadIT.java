package io.millrace.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.KafkaOptions;
import io.millrace.standalone.EmbeddedBroker;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten times what a worker can do, for a moment; by hand for a minute, by {@code bench overload}.
 */
class OverloadIT {
  private static final OverloadSettings SETTINGS =
      new OverloadSettings(
          8,
          Duration.ofMillis(10),
          10,
          10,
          0.1,
          20,
          Duration.ofSeconds(10),
          Duration.ofSeconds(1),
          Duration.ofMillis(500));

  @Test
  void everyRequestEnds_andTheCalmTenantIsServed(@TempDir Path folder) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"), 0);
        OverloadBench bench =
            new OverloadBench(
                new KafkaOptions().at(broker.bootstrapServers()),
                SETTINGS,
                BenchOverloadCommand.keyFile(folder))) {
      OverloadReport report = bench.run();

      assertThat(report.flood())
          .extracting(OverloadReport.Share::failed, OverloadReport.Share::forgotten)
          .containsExactly(0, 0);
      assertThat(report.flood().refused()).isPositive();
      // How many in time is for the machine that is asked at leisure: here it builds besides.
      assertThat(List.of(report.beside(), report.after()))
          .allSatisfy(
              calm -> {
                assertThat(calm.answered()).isPositive();
                assertThat(calm.failed() + calm.forgotten()).isZero();
              });
      assertThat(idleAnswer(bench.root())).contains("\"service_tier\":\"flex\"");
    }
  }

  /** An answer by idle capacity, which a real worker takes from the queue of batches. */
  private static String idleAnswer(URI root) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(root.resolve("/v1/completions"))
            .header("x-api-key", OverloadBench.CALM)
            .POST(
                BodyPublishers.ofString(
                    "{\"prompt\":\"x\",\"max_tokens\":2,\"service_tier\":\"flex\"}"))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}
