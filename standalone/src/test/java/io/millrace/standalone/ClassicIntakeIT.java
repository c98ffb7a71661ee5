package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.kafka.Admins;
import io.millrace.kafka.PartitionProgress;
import io.millrace.protocol.Reply;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import io.millrace.protocol.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The same by a classic consumer group, on a broker that knows no other. */
@WithoutShareGroups
class ClassicIntakeIT extends IntakeIT {
  @Override
  WorkerProcess workerProcess(String... flags) throws IOException {
    List<String> all = new ArrayList<>(List.of(flags));
    all.addAll(classicFlags());
    return super.workerProcess(all.toArray(String[]::new));
  }

  /** Requests wait in the partitions of one, though another has room. */
  @Override
  @Test
  void worker_takesNoMoreThanItHasSlotsFor() throws Exception {
    List<String> ids = IntStream.range(0, 12).mapToObj(i -> "r" + i).toList();
    for (String id : ids) {
      client.ask(id, "echo it is done");
    }
    try (WorkerFixture first = new WorkerFixture(kafka, model, "--max-batch-size=1");
        WorkerFixture second =
            new WorkerFixture(kafka, model, "--max-batch-size=3", "--reserved-slots=0")) {
      for (String id : ids) {
        assertThat(QueueClient.textOf(client.answer(id))).isEqualTo("it is done");
      }
      assertThat(first.engine.mostUnfinished()).isLessThanOrEqualTo(1);
      assertThat(second.engine.mostUnfinished()).isLessThanOrEqualTo(3);
    }
  }

  @Override
  @Test
  void answerLongerThanTheLock_keepsItsLease() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model, "--max-batch-size=2")) {
      client.ask("long", "hold on please");
      worker.engine.awaitHeld(1);
      // Ends in any order, and while another one goes on.
      for (int i = 0; i < 20; i++) {
        client.ask("short" + i, "echo yes");
        assertThat(client.last("short" + i)).isInstanceOf(Reply.Finished.class);
      }
      worker.engine.finish("long");

      assertThat(QueueClient.textOf(client.answer("long"))).isEqualTo("on please");
      assertThat(worker.engine.starts()).hasSize(21);
      assertThat(worker.count("millrace.redeliveries")).isZero();
    }
  }

  @Test
  void workerThatIsFrozen_isOvertaken_andItsAnswerIsToldOnce() throws Exception {
    try (WorkerProcess frozen = workerProcess("--max-batch-size=2")) {
      client.ask("slow", "hold on please");
      client.readUntil(() -> client.repliesTo("slow").size() == 2);
      frozen.signal("STOP");
      try (WorkerFixture worker = new WorkerFixture(kafka, model, "--max-batch-size=2")) {
        worker.engine.awaitHeld("slow");
        frozen.signal("CONT");
        client.ask("next", "echo yes");
        assertThat(client.last("next")).isInstanceOf(Reply.Finished.class);
        worker.engine.finish("slow");

        assertThat(QueueClient.textOf(client.answer("slow"))).isEqualTo("on please");
        assertThat(client.last("slow"))
            .isInstanceOfSatisfying(
                Reply.Finished.class, end -> assertThat(end.attempt()).isEqualTo(2));
      }
    }
  }

  @Test
  void requestThatNoAttemptEnds_becomesADeadLetter() throws Exception {
    client.ask("endless", "hold on");
    commitAttempts(8);
    try (WorkerFixture ninth =
        new WorkerFixture(kafka, model, "--max-batch-size=2", "--drain-timeout=0s")) {
      ninth.engine.awaitHeld(1);
      ninth.service.close();
    }
    try (WorkerFixture last = new WorkerFixture(kafka, model)) {
      client.deadLetter("millrace-reason", "the request was given up after 9 deliveries");
      assertThat(client.last("endless"))
          .isInstanceOfSatisfying(
              Reply.Failed.class,
              failed -> assertThat(failed.message()).contains("given up after 9 deliveries"));
      assertThat(last.engine.starts()).isEmpty();
    }
  }

  /** As workers do that begin the first request of each partition. */
  private void commitAttempts(int count) {
    RequestTopic topic = RequestTopic.of(model, RequestClass.INTERACTIVE);
    var progress = new PartitionProgress(1, new TreeMap<>(Map.of(0L, count)));
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    try (Admin admin = kafka.cluster().connect()) {
      String name = topics().requests(topic);
      for (int number = 0; number < Admins.partitions(admin, name); number++) {
        commits.put(new TopicPartition(name, number), progress.toCommit());
      }
      Admins.get(admin.alterConsumerGroupOffsets(kafka.groups().id(topic), commits).all());
    }
  }

  @Test
  void batch_leavesTheReservedSlotsToOthers() throws Exception {
    for (int i = 0; i < 4; i++) {
      String id = "batch" + i;
      client.ask(RequestClass.BATCH, id, Wire.encode(client.request(id, "hold on")));
    }
    try (WorkerFixture worker =
        new WorkerFixture(kafka, model, "--max-batch-size=3", "--reserved-slots=1")) {
      worker.engine.awaitHeld(2);
      client.ask("quick", "echo yes");

      assertThat(client.last("quick")).isInstanceOf(Reply.Finished.class);
      assertThat(worker.engine.held()).hasSize(2).allMatch(id -> id.startsWith("batch"));
    }
  }
}
