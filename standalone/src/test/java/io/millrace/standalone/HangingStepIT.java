package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.engine.GenerationEngine;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.Reply;
import io.millrace.testing.TinyCheckpoint;
import io.millrace.worker.WorkerOptions;
import io.millrace.worker.WorkerService;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A worker whose decoder hangs, or whose device fails: it says so, and another one answers; it
 * comes back when the step ends, or never.
 */
class HangingStepIT {
  private static final String MODEL = "org/hanging";

  @TempDir Path data;
  @TempDir Path checkpoint;

  @Test
  void workerWhoseDecoderHangs_isUnready_andAnotherAnswers() throws Exception {
    TinyCheckpoint.llama().writeTo(checkpoint);
    try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0)) {
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
      new TopicProvisioner(kafka.cluster(), kafka.topics()).provision(MODEL);
      try (QueueClient client = new QueueClient(kafka.cluster(), kafka.topics(), MODEL);
          HangingModel.Engine hanging = HangingModel.Engine.on(checkpoint);
          WorkerService stuck =
              worker(kafka, hanging.thread(), "--worker-name=stuck", "--step-timeout=100ms")) {
        client.readUntil(() -> Boolean.TRUE.equals(client.announced().get("stuck")));
        client.ask("a", "ask");
        hanging.model().awaitStep();
        client.readUntil(() -> Boolean.FALSE.equals(client.announced().get("stuck")));
        assertThat(stuck.health().deadCause().orElseThrow())
            .startsWith("step 1 of the engine has run for ")
            .endsWith(" s, longer than --step-timeout, which is 0.1 s");
        client.readUntil(() -> reasonOf(stuck).contains("until a step of the engine ends"));

        assertAnotherAnswers(kafka, client);
        hanging.model().letGo();
        client.readUntil(() -> Boolean.TRUE.equals(client.announced().get("stuck")));
        client.readUntil(() -> reasonOf(stuck).isEmpty());
        client.ask("b", "ask");

        assertThat(QueueClient.textOf(client.answer("b"))).isEqualTo(HangingModel.ANSWER);
        assertThat(client.repliesTo("a")).filteredOn(Reply::isLast).hasSize(1);
        assertThat(client.repliesTo("a"))
            .filteredOn(reply -> reply.attempt() == 1)
            .singleElement()
            .isInstanceOf(Reply.Accepted.class);
        assertThat(stuck.health().deadCause()).isEmpty();
      }
    }
  }

  @Test
  void workerWhoseDeviceFails_isUnreadyForGood_andAnotherAnswers() throws Exception {
    TinyCheckpoint.llama().writeTo(checkpoint);
    try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0)) {
      KafkaOptions kafka = new KafkaOptions().at(broker.bootstrapServers());
      new TopicProvisioner(kafka.cluster(), kafka.topics()).provision(MODEL);
      try (QueueClient client = new QueueClient(kafka.cluster(), kafka.topics(), MODEL);
          HangingModel.Engine failing = HangingModel.Engine.on(checkpoint);
          WorkerService broken = worker(kafka, failing.thread(), "--worker-name=broken")) {
        client.readUntil(() -> Boolean.TRUE.equals(client.announced().get("broken")));
        client.ask("a", "ask");
        failing.model().awaitStep();
        failing.model().fail("CUDA error: unspecified launch failure\nSearch for `cudaError...");
        client.readUntil(() -> Boolean.FALSE.equals(client.announced().get("broken")));
        assertThat(broken.health().deadCause())
            .contains(
                "the engine has failed: its device failed: CUDA error: unspecified launch failure");

        assertAnotherAnswers(kafka, client);
        assertThat(reasonOf(broken)).isEqualTo("the worker takes no more requests");
        assertThat(client.repliesTo("a")).filteredOn(Reply::isLast).hasSize(1);
      }
    }
  }

  private void assertAnotherAnswers(KafkaOptions kafka, QueueClient client) throws Exception {
    try (HangingModel.Engine sound = HangingModel.Engine.on(checkpoint);
        WorkerService other = worker(kafka, sound.thread(), "--worker-name=other")) {
      sound.model().letGo();
      List<Reply> answer = client.answer("a");

      assertThat(QueueClient.textOf(answer)).isEqualTo(HangingModel.ANSWER);
      assertThat(answer.get(answer.size() - 1).attempt()).isGreaterThan(1);
      assertThat(other.health().deadCause()).isEmpty();
    }
  }

  private static WorkerService worker(
      KafkaOptions kafka, GenerationEngine engine, String... flags) {
    WorkerOptions options = new WorkerOptions();
    new CommandLine(options).parseArgs(flags);
    return WorkerService.start(
        options, kafka, engine, MODEL, new SimpleMeterRegistry(), new LocalReplies());
  }

  private static String reasonOf(WorkerService worker) {
    return worker.health().notReadyCause().orElse("");
  }
}
