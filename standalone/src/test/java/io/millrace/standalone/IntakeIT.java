package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;

/** What a worker holds, and how it comes to hand it over. */
class IntakeIT extends WorkerQueue {
  private static final Predicate<Reply> REPLY_WITH_TEXT = Reply.Delta.class::isInstance;

  @Test
  void requests_areAllAnsweredOnceByAsManySlotsAsThereAre() throws Exception {
    List<String> ids = IntStream.range(0, 100).mapToObj(i -> "r" + i).toList();
    for (String id : ids) {
      client.ask(id, "echo " + id + " is done");
    }
    try (WorkerFixture worker = new WorkerFixture(kafka, model, "--max-batch-size=8")) {
      for (String id : ids) {
        List<Reply> answer = client.answer(id);

        assertThat(answer).hasSize(5);
        assertThat(answer.get(0)).isInstanceOf(Reply.Accepted.class);
        assertThat(QueueClient.textOf(answer)).isEqualTo(id + " is done");
        assertThat(answer.get(4)).isInstanceOf(Reply.Finished.class);
      }
      assertThat(worker.engine.starts()).containsExactlyInAnyOrderElementsOf(ids);
      assertThat(worker.engine.mostUnfinished()).isLessThanOrEqualTo(8);
    }
  }

  @Test
  void worker_takesNoMoreThanItHasSlotsFor() throws Exception {
    for (int i = 0; i < 6; i++) {
      client.ask("r" + i, "hold on");
    }
    try (WorkerFixture first = new WorkerFixture(kafka, model, "--max-batch-size=3");
        WorkerFixture second = new WorkerFixture(kafka, model, "--max-batch-size=3")) {
      first.engine.awaitHeld(3);
      second.engine.awaitHeld(3);

      assertThat(first.engine.starts())
          .hasSize(3)
          .doesNotContainAnyElementsOf(second.engine.starts());
    }
  }

  @Test
  void answerLongerThanTheLock_keepsItsLease() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model, "--max-batch-size=2")) {
      setLockMillis(1500);
      client.ask("long", "hold on please");
      client.readUntil(() -> worker.count("millrace.lease.renewals") >= 8);
      worker.engine.finish("long");

      assertThat(QueueClient.textOf(client.answer("long"))).isEqualTo("on please");
      assertThat(worker.engine.starts()).containsExactly("long");
      assertThat(worker.count("millrace.redeliveries")).isZero();
    }
  }

  @Test
  void workerThatLeaves_handsItsRequestsToAnother() throws Exception {
    WorkerFixture leaving =
        new WorkerFixture(kafka, model, "--max-batch-size=2", "--drain-timeout=0s");
    // What was told is found by the key that the request has chosen.
    ReplyAddress keyed = new ReplyAddress(topics().replies(), null, "customer-7", null, false);
    client.ask(client.request("handed", "hold a b", true, null, keyed));
    leaving.engine.awaitHeld(1);
    try (WorkerFixture staying = new WorkerFixture(kafka, model, "--max-batch-size=2")) {
      leaving.service.close();
      staying.engine.awaitHeld(1);
      staying.engine.finish("handed");

      assertThat(client.last("handed"))
          .isInstanceOfSatisfying(
              Reply.Finished.class, finished -> assertThat(finished.attempt()).isEqualTo(2));
      assertThat(client.repliesTo("handed")).filteredOn(Reply::isLast).hasSize(1);
      assertThat(QueueClient.textOf(client.repliesTo("handed"))).isEqualTo("a b");
      assertThat(staying.count("millrace.redeliveries")).isEqualTo(1);
    }
    leaving.engine.close();
  }

  @Test
  void workerThatIsKilled_losesNoRequest() throws Exception {
    List<String> ids = IntStream.range(0, 12).mapToObj(i -> "r" + i).toList();
    try (WorkerProcess killed = workerProcess("--max-batch-size=4")) {
      for (String id : ids) {
        client.ask(id, "hold " + id + " on");
      }
      client.readUntil(() -> client.allReplies().stream().filter(REPLY_WITH_TEXT).count() == 4);
      killed.kill();
    }
    try (WorkerFixture worker = new WorkerFixture(kafka, model, "--max-batch-size=12")) {
      worker.engine.awaitHeld(12);
      ids.forEach(worker.engine::finish);

      for (String id : ids) {
        assertThat(client.last(id)).isInstanceOf(Reply.Finished.class);
        assertThat(client.repliesTo(id)).filteredOn(Reply::isLast).hasSize(1);
      }
      assertThat(worker.engine.starts()).containsExactlyInAnyOrderElementsOf(ids);
    }
  }

  WorkerProcess workerProcess(String... flags) throws IOException {
    return new WorkerProcess(broker.bootstrapServers(), model, flags);
  }

  @Test
  void workerWhoseEngineFails_handsItsRequestsToAnother() throws Exception {
    try (WorkerFixture broken = new WorkerFixture(kafka, model, "--max-batch-size=2")) {
      client.ask("handed", "hold a b");
      broken.engine.awaitHeld(1);
      broken.engine.fail("out of memory");
      try (WorkerFixture sound = new WorkerFixture(kafka, model, "--max-batch-size=2")) {
        sound.engine.awaitHeld(1);
        sound.engine.finish("handed");

        assertThat(client.last("handed")).isInstanceOf(Reply.Finished.class);
        assertThat(broken.service.health().deadCause())
            .contains("the engine has failed: out of memory");
        assertThat(sound.service.health().deadCause()).isEmpty();
        assertThat(sound.service.health().notReadyCause()).isEmpty();
      }
    }
  }

  @Test
  void cancel_endsARunningAnswer() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      client.ask("unwanted", "hold on");
      worker.engine.awaitHeld(1);
      client.tell(new ControlMessage.Cancel("unwanted", "the client left"));

      assertFailed(client.last("unwanted"), FailureKind.CANCELLED, "the client left");
    }
  }

  @Test
  void cancel_beforeTheWorkerStarted_isRemembered() throws Exception {
    client.ask("unwanted", "hold on");
    client.tell(new ControlMessage.Cancel("unwanted", "the client left"));
    client.ask("wanted", "echo yes");
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      assertFailed(client.last("unwanted"), FailureKind.CANCELLED, "the client left");
      assertThat(client.last("wanted")).isInstanceOf(Reply.Finished.class);
      assertThat(worker.engine.starts()).containsExactly("wanted");
    }
  }

  @Test
  void readerThatFallsSilent_costsNoFurtherTokens() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model, "--worker-name=listens")) {
      client.tellOfReader("silent", true);
      askFor("silent", "unread");
      client.ask("kept", "hold on please");
      worker.engine.awaitHeld(2);
      // The time that passes is counted in what the worker says of itself.
      for (int i = 0; i < 5; i++) {
        client.tellOfWorker("listens");
      }

      assertFailed(client.last("unread"), FailureKind.UNAVAILABLE, "nobody reads the answer");
      askFor("silent", "next");
      assertFailed(client.last("next"), FailureKind.UNAVAILABLE, "nobody reads the answer");
      assertThat(worker.engine.held()).containsExactly("kept");
      client.tellOfReader("other", true);
      askFor("other", "of-other");
      worker.engine.awaitHeld(2);
      client.tellOfReader("silent", true);
      // What comes after it on the same topic is done, so the word of the reader has been heard.
      client.tellOfReader("other", false);
      assertFailed(client.last("of-other"), FailureKind.UNAVAILABLE, "nobody reads the answer");
      askFor("silent", "back");
      worker.engine.awaitHeld(2);
    }
  }

  @Test
  void readerThatLeaves_isMissedAtOnce() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      client.tellOfReader("leaves", true);
      askFor("leaves", "unread");
      worker.engine.awaitHeld(1);
      client.tellOfReader("leaves", false);

      assertFailed(client.last("unread"), FailureKind.UNAVAILABLE, "nobody reads the answer");
    }
  }

  private void askFor(String reader, String id) throws Exception {
    ReplyAddress address = client.address().withReader(reader);
    client.ask(client.request(id, "hold on please", true, null, address));
  }

  @Test
  void deadline_endsARunningAnswer() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      client.ask(
          client.request(
              "late", "hold on", true, Instant.now().plusMillis(1500), client.address()));
      worker.engine.awaitHeld(1);

      assertFailed(client.last("late"), FailureKind.DEADLINE, "passed before the answer");
    }
  }

  @Test
  void deadline_thatPassedInTheQueue_costsNothing() throws Exception {
    client.ask(
        client.request("late", "hold on", true, Instant.now().minusMillis(1), client.address()));
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      assertFailed(client.last("late"), FailureKind.DEADLINE, "passed in the queue");
      assertThat(worker.engine.starts()).isEmpty();
    }
  }

  @Test
  void drain_finishesWhatRunsAndTakesNoMore() throws Exception {
    WorkerFixture worker = new WorkerFixture(kafka, model, "--worker-name=drained");
    client.readUntil(() -> Boolean.TRUE.equals(client.announced().get("drained")));
    client.ask("begun", "hold on please");
    worker.engine.awaitHeld(1);
    client.tell(new ControlMessage.Drain("drained"));
    client.readUntil(() -> Boolean.FALSE.equals(client.announced().get("drained")));
    client.ask("too-late", "echo no");
    assertThat(worker.service.health().notReadyCause()).isPresent();
    worker.engine.finish("begun");
    worker.service.stopped().join();

    assertThat(QueueClient.textOf(client.answer("begun"))).isEqualTo("on please");
    assertThat(worker.engine.starts()).containsExactly("begun");
    worker.close();
    try (WorkerFixture next = new WorkerFixture(kafka, model)) {
      assertThat(client.last("too-late")).isInstanceOf(Reply.Finished.class);
    }
  }

  private void setLockMillis(int millis) throws Exception {
    var group =
        new ConfigResource(
            ConfigResource.Type.GROUP, topics().workerGroup(model, RequestClass.INTERACTIVE));
    var lock = new ConfigEntry("share.record.lock.duration.ms", Integer.toString(millis));
    try (Admin admin = kafka.cluster().connect()) {
      admin
          .incrementalAlterConfigs(
              Map.of(group, List.of(new AlterConfigOp(lock, AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
  }
}
