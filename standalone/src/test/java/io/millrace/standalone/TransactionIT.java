package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.Reply;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.Wire;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that are written in transactions, whose ends lie between the requests of the topic. */
class TransactionIT {
  private static final String MODEL = "tiny";

  @TempDir Path folder;

  @Test
  void committedRequests_areAnswered_andAbortedOnesAreNot() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
      new TopicProvisioner(kafka.cluster(), kafka.topics()).provision(MODEL);
      try (QueueClient client = new QueueClient(kafka.cluster(), kafka.topics(), MODEL);
          KafkaProducer<String, byte[]> producer = transactional(kafka);
          WorkerFixture worker = new WorkerFixture(kafka, MODEL, "--max-batch-size=2")) {
        write(kafka, client, producer, "committed").commitTransaction();
        assertThat(client.last("committed")).isInstanceOf(Reply.Finished.class);

        // All that the topic holds now are the ends of transactions: fetches that bring nothing.
        for (int i = 0; i < 3; i++) {
          write(kafka, client, producer, "aborted-" + i).abortTransaction();
        }
        client.ask("plain", "echo yes");
        assertThat(client.last("plain")).isInstanceOf(Reply.Finished.class);

        write(kafka, client, producer, "aborted-last").abortTransaction();
        write(kafka, client, producer, "last").commitTransaction();
        assertThat(client.last("last")).isInstanceOf(Reply.Finished.class);
        assertThat(worker.engine.starts()).containsExactly("committed", "plain", "last");
      }
    }
  }

  @Test
  void requestBehindATransactionThatHangs_makesTheWorkerUnready() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder, 0)) {
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
      new TopicProvisioner(kafka.cluster(), kafka.topics()).provision(MODEL);
      try (QueueClient client = new QueueClient(kafka.cluster(), kafka.topics(), MODEL);
          KafkaProducer<String, byte[]> producer = transactional(kafka);
          WorkerFixture worker = new WorkerFixture(kafka, MODEL, "--backlog-timeout=1s")) {
        write(kafka, client, producer, "hanging");
        client.ask("behind", "echo yes");
        client.readUntil(() -> notReady(worker).contains("wait in class interactive"));

        producer.commitTransaction();
        assertThat(client.last("hanging")).isInstanceOf(Reply.Finished.class);
        assertThat(client.last("behind")).isInstanceOf(Reply.Finished.class);
        client.readUntil(() -> notReady(worker).isEmpty());
      }
    }
  }

  private static String notReady(WorkerFixture worker) {
    return worker.service.health().notReadyCause().orElse("");
  }

  private static KafkaProducer<String, byte[]> transactional(KafkaOptions kafka) {
    Map<String, Object> settings = new HashMap<>(kafka.cluster().producer());
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "asker");
    // Longer than a coordinator takes to make its topic.
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
    KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings);
    producer.initTransactions();
    return producer;
  }

  private static KafkaProducer<String, byte[]> write(
      KafkaOptions kafka, QueueClient client, KafkaProducer<String, byte[]> producer, String id)
      throws Exception {
    producer.beginTransaction();
    String topic = kafka.topics().requests(MODEL, RequestClass.INTERACTIVE);
    byte[] request = Wire.encode(client.request(id, "echo yes"));
    producer.send(new ProducerRecord<>(topic, id, request)).get();
    return producer;
  }
}
