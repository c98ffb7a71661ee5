package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A worker against a real broker; each test has a model, and so request topics, of its own. */
class WorkerServiceIT {
  private static final Predicate<Reply> REPLY_WITH_TEXT = Reply.Delta.class::isInstance;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static KafkaOptions kafka;

  private String model;
  private QueueClient client;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder, 0);
    kafka = new KafkaOptions().at(broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void provision(TestInfo test) {
    model = "org/" + test.getTestMethod().orElseThrow().getName();
    new TopicProvisioner(kafka.cluster(), topics()).provision(model);
    client = new QueueClient(kafka.cluster(), topics(), model);
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

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
    client.ask("handed", "hold a b");
    leaving.engine.awaitHeld(1);
    try (WorkerFixture staying = new WorkerFixture(kafka, model, "--max-batch-size=2")) {
      leaving.service.close();
      staying.engine.awaitHeld(1);
      staying.engine.finish("handed");

      assertThat(client.last("handed"))
          .isInstanceOfSatisfying(
              Reply.Finished.class, finished -> assertThat(finished.attempt()).isEqualTo(2));
      assertThat(client.repliesTo("handed")).filteredOn(Reply::isLast).hasSize(1);
      assertThat(staying.count("millrace.redeliveries")).isEqualTo(1);
    }
    leaving.engine.close();
  }

  @Test
  void workerThatIsKilled_losesNoRequest() throws Exception {
    List<String> ids = IntStream.range(0, 12).mapToObj(i -> "r" + i).toList();
    try (WorkerProcess killed =
        new WorkerProcess(broker.bootstrapServers(), model, "--max-batch-size=4")) {
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

      assertFailed(client.last("unread"), FailureKind.CANCELLED, "nobody reads the answer");
      askFor("silent", "next");
      assertFailed(client.last("next"), FailureKind.CANCELLED, "nobody reads the answer");
      assertThat(worker.engine.held()).containsExactly("kept");
      client.tellOfReader("silent", true);
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

      assertFailed(client.last("unread"), FailureKind.CANCELLED, "nobody reads the answer");
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
  void recordsThatAreNoRequests_areRefusedAndKept() throws Exception {
    String replyTo = "\"reply\":{\"topic\":\"" + topics().replies() + "\"}";
    client.askInWords(
        "{\"id\":\"bad\",\"prompt\":\"echo\",\"temperature\":\"hot\"," + replyTo + "}");
    client.askInWords("not json at all");
    client.ask(RequestClass.INTERACTIVE, null, null);
    client.ask("good", "echo yes");
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      assertFailed(client.last("bad"), FailureKind.INVALID, "temperature");
      assertThat(client.last("good")).isInstanceOf(Reply.Finished.class);
      var letter = client.deadLetter("millrace-reason", "not valid JSON");
      assertThat(new String(letter.value(), StandardCharsets.UTF_8)).isEqualTo("not json at all");
      assertThat(QueueClient.header(letter, "millrace-attempts")).isEqualTo("1");
      client.deadLetter("millrace-reason", "temperature");
      client.deadLetter("millrace-reason", "the body is empty");
      assertThat(worker.engine.starts()).containsExactly("good");
      assertThat(worker.count("millrace.dead.letters")).isEqualTo(3);
    }
  }

  @Test
  void replyTopicThatDoesNotExist_failsOnlyThatRequest() throws Exception {
    client.ask(
        client.request("lost", "echo no", true, null, new ReplyAddress("no-such-topic", null)));
    client.ask(
        client.request("astray", "echo no", true, null, new ReplyAddress(topics().replies(), 99)));
    client.ask("good", "echo yes");
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      assertThat(client.last("good")).isInstanceOf(Reply.Finished.class);
      client.deadLetter("millrace-reason", "reply.topic no-such-topic does not exist");
      client.deadLetter("millrace-reason", "reply.partition is 99");
      assertThat(worker.engine.starts()).containsExactly("good");
    }
  }

  @Test
  void recordThatUnpacksTooLarge_isToldOnce_andPointedTo() throws Exception {
    String replyTo = "\"reply\":{\"topic\":\"" + topics().replies() + "\"}";
    String prompt = "echo ".repeat(4_000_000);
    client.askCompressed("{\"id\":\"large\",\"prompt\":\"" + prompt + "\"," + replyTo + "}");
    client.ask("good", "echo yes");
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      assertFailed(client.last("large"), FailureKind.INVALID, "at most 8388608 bytes unpacked");
      assertThat(client.last("good")).isInstanceOf(Reply.Finished.class);
      var letter = client.deadLetter("millrace-reason", "at most 8388608 bytes unpacked");
      assertThat(letter.value()).isNull();
      assertThat(QueueClient.header(letter, "millrace-topic"))
          .isEqualTo(topics().requests(model, RequestClass.INTERACTIVE));
      assertThat(QueueClient.header(letter, "millrace-offset")).isEqualTo("0");
      assertThat(worker.engine.starts()).containsExactly("good");
    }
  }

  @Test
  void replyTopicThatVanishes_silencesNobodyElse() throws Exception {
    try (Admin admin = kafka.cluster().connect();
        WorkerFixture worker = new WorkerFixture(kafka, model, "--max-batch-size=3")) {
      admin.createTopics(List.of(new NewTopic("vanishing", 1, (short) 1))).all().get();
      String words = "w ".repeat(200);
      client.ask(
          client.request("lost", "hold " + words, true, null, new ReplyAddress("vanishing", null)));
      client.ask("kept", "hold on please");
      worker.engine.awaitHeld(2);
      admin.deleteTopics(List.of("vanishing")).all().get();
      worker.engine.finish("lost");
      worker.engine.finish("kept");

      assertThat(QueueClient.textOf(client.answer("kept"))).isEqualTo("on please");
      client.ask("next", "echo yes");
      assertThat(client.last("next")).isInstanceOf(Reply.Finished.class);
      client.deadLetter("millrace-reason", "reply.topic vanishing does not exist");
    }
  }

  @Test
  void recordOfAConsoleTool_isAnswered() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      client.askInWords(
          "{\"prompt\":\"echo hello there\",\"reply\":{\"topic\":\"" + topics().replies() + "\"}}");
      client.readUntil(() -> client.allReplies().stream().anyMatch(Reply::isLast));

      assertThat(client.allReplies())
          .hasSize(2)
          .last()
          .isInstanceOfSatisfying(
              Reply.Finished.class, it -> assertThat(it.text()).isEqualTo("hello there"));
      assertThat(worker.engine.starts()).hasSize(1);
    }
  }

  @Test
  void defectOfTheEngine_isToldAndKept() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      client.ask("poison", "break");

      assertFailed(client.last("poison"), FailureKind.INTERNAL, "the step broke");
      assertThat(client.deadLetter("millrace-reason", "the step broke").key()).isEqualTo("poison");
      assertThat(worker.engine.starts()).containsExactly("poison");
    }
  }

  @Test
  void batchRequests_areAnsweredWhenNobodyElseWaits() throws Exception {
    client.ask(RequestClass.BATCH, "b", Wire.encode(client.request("b", "echo in time")));
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      assertThat(QueueClient.textOf(client.answer("b"))).isEqualTo("in time");
    }
  }

  @Test
  void batchRequests_areAnsweredWhileOthersAskAllTheTime() throws Exception {
    try (WorkerFixture worker = new WorkerFixture(kafka, model, "--max-batch-size=4")) {
      for (int i = 0; i < 20; i++) {
        client.ask(RequestClass.BATCH, "b" + i, Wire.encode(client.request("b" + i, "echo yes")));
      }
      int asked = 0;
      while (client.repliesTo("b19").stream().noneMatch(Reply::isLast)) {
        String id = "i" + asked++;
        client.ask(id, "echo yes");
        assertThat(client.last(id)).isInstanceOf(Reply.Finished.class);
      }
      for (int i = 0; i < 20; i++) {
        assertThat(client.last("b" + i)).isInstanceOf(Reply.Finished.class);
      }
      assertThat(worker.engine.starts()).hasSize(asked + 20);
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

  private static TopicNames topics() {
    return kafka.topics();
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

  private static void assertFailed(Reply last, FailureKind kind, String message) {
    assertThat(last)
        .asInstanceOf(type(Reply.Failed.class))
        .returns(kind, Reply.Failed::kind)
        .matches(failed -> failed.message().contains(message), message);
  }
}
