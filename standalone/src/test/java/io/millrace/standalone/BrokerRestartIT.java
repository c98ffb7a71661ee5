package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.Reply;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose broker goes away and comes back. */
class BrokerRestartIT {
  private static final String MODEL = "tiny";

  @TempDir Path folder;

  @Test
  void answersGoOnAndOthersBegin() throws Exception {
    EmbeddedBroker first = EmbeddedBroker.start(folder, 0);
    String address = first.bootstrapServers();
    KafkaOptions kafka = new KafkaOptions().at(address);
    new TopicProvisioner(kafka.cluster(), kafka.topics()).provision(MODEL);
    try (QueueClient client = new QueueClient(kafka.cluster(), kafka.topics(), MODEL);
        WorkerFixture worker = new WorkerFixture(kafka, MODEL, "--max-batch-size=2")) {
      client.ask("begun", "hold on please");
      worker.engine.awaitHeld(1);
      first.close();
      int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
      try (EmbeddedBroker second = EmbeddedBroker.start(folder, port)) {
        assertThat(second.bootstrapServers()).isEqualTo(address);
        client.ask("new", "echo hello");
        assertThat(client.last("new")).isInstanceOf(Reply.Finished.class);
        client.readUntil(() -> worker.count("millrace.duplicates.dropped") > 0);
        worker.engine.finish("begun");

        assertThat(client.last("begun")).isInstanceOf(Reply.Finished.class);
        assertThat(worker.engine.starts()).containsExactlyInAnyOrder("begun", "new");
        worker.close();
      }
    }
  }
}
