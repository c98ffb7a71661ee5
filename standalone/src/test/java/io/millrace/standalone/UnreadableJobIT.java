package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.Admins;
import io.millrace.kafka.KafkaOptions;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job whose answer cannot be read for now. */
class UnreadableJobIT {
  private static final String MODEL = "tiny";

  @TempDir Path folder;

  @Test
  void jobWhoseAnswerCannotBeReadNow_hasNotFailed() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
      try (JobsApi api = new JobsApi(kafka, MODEL, "--sse-head-delay=1m");
          WorkerFixture worker = new WorkerFixture(kafka, MODEL)) {
        String id = api.submit("echo a b", "");
        assertThat(api.ended(id).get("status").stringValue()).isEqualTo("succeeded");
        assertThat(worker.engine.starts()).containsExactly(id);
        try (Admin admin = kafka.cluster().connect()) {
          Admins.get(admin.deleteTopics(List.of(kafka.topics().events())).all());
        }

        assertThat(api.get("/v1/jobs/" + id).statusCode()).isEqualTo(503);
        // Not an event that says so: whoever reads them comes again.
        assertThat(api.get("/v1/jobs/" + id + "/events").statusCode()).isEqualTo(503);
      }
    }
  }
}
