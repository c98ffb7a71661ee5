package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandLines;
import io.millrace.kafka.PartitionScan;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.Wire;
import io.millrace.standalone.deadletter.DeadLettersCommand;
import io.millrace.standalone.queue.QueueCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the commands say of a queue, and do with dead letters. */
class QueueCommandsIT extends WorkerQueue {
  private static final String SERVERS = "--bootstrap-servers=";

  /** What a command has said, and how it ended. */
  private record Run(int exitCode, String said) {
    List<String> lines() {
      return said.lines().toList();
    }
  }

  private static Run run(Object command, String... args) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said, true);
    CommandLine line = new CommandLine(command).setOut(writer).setErr(writer);
    return new Run(CommandLines.execute(line, args), said.toString());
  }

  private static Run status(String... args) {
    return run(new QueueCommand(), with("status", args));
  }

  private static Run letters(String verb, String... args) {
    return run(new DeadLettersCommand(), with(verb, args));
  }

  private static String[] with(String verb, String... args) {
    List<String> all = new ArrayList<>(List.of(verb, SERVERS + broker.bootstrapServers()));
    all.addAll(List.of(args));
    return all.toArray(String[]::new);
  }

  @Test
  void status_tellsWhatWaitsAndWhatRuns() throws Exception {
    client.ask("a", "hold a");
    client.ask("b", "hold b");
    client.ask("c", "hold c");
    client.ask("d", "hold d");

    assertThat(status("--model=" + model).said()).contains(model + ": no worker, so requests wait");
    try (WorkerFixture worker =
        new WorkerFixture(kafka, model, "--max-batch-size=2", "--reserved-slots=0")) {
      worker.engine.awaitHeld(2);
      JsonNode told = told();
      while (told.get("running").asInt() < 2) {
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("the test has run out of time");
        }
        told = told();
      }
      assertThat(told.get("model").stringValue()).isEqualTo(model);
      assertThat(told.get("workers").asInt()).isEqualTo(1);
      assertThat(told.get("slots").asInt()).isEqualTo(2);
      JsonNode interactive = told.at("/classes/0");
      assertThat(interactive.get("class").stringValue()).isEqualTo("interactive");
      assertThat(interactive.get("lag").asInt()).isEqualTo(4);
      assertThat(interactive.get("running").asInt()).isEqualTo(2);
      assertThat(interactive.get("waiting").asInt()).isEqualTo(2);
      assertThat(interactive.get("oldest_waiting_seconds").isNumber()).isTrue();

      List<String> lines = status("--model=" + model).lines();
      assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
      assertThat(lines.get(0)).isEqualTo(model + ": 1 worker, 2 of 2 slots used");
    }
  }

  private JsonNode told() {
    Run run = status("--json", "--model=" + model);
    assertThat(run.exitCode()).as(run.said()).isZero();
    return JsonMapper.shared().readTree(run.said()).at("/models/0");
  }

  @Test
  void queueThatIsNotThere_isToldInOneLine() throws Exception {
    assertRefused(status("--model=nobody"), "there is no topic millrace.requests.nobody.* at");
    assertRefused(status("--topic-prefix=other."), "there is no topic other.requests.*.* at");
    assertRefused(
        letters("list", "--topic-prefix=other."), "there is no topic other.dead-letters at");
    Path hurry = Files.createTempFile(folder, "hurry", ".properties");
    Files.writeString(hurry, "default.api.timeout.ms=300\nrequest.timeout.ms=200\n");
    String[] nobody = {SERVERS + "127.0.0.1:1", "--kafka-properties=" + hurry};
    assertRefused(
        run(new QueueCommand(), "status", nobody[0], nobody[1]),
        "cannot read the queue at 127.0.0.1:1: no broker answers");
    assertRefused(
        run(new DeadLettersCommand(), "list", nobody[0], nobody[1]),
        "cannot read millrace.dead-letters at 127.0.0.1:1: no broker answers");
  }

  private static void assertRefused(Run run, String message) {
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.lines()).singleElement().asString().contains(message);
  }

  @Test
  void deadLetter_isListedShownAndReplayedOnce() throws Exception {
    String topic = "answers-of-" + model.replace("/", "-");
    client.ask(client.request("lost", "echo no", false, null, new ReplyAddress(topic, null)));
    client.askInWords("{\"id\":\"bad\",\"prompt\":5}");
    try (WorkerFixture worker = new WorkerFixture(kafka, model);
        Admin admin = kafka.cluster().connect()) {
      client.deadLetter("millrace-reason", "reply.topic " + topic);
      client.deadLetter("millrace-reason", "prompt must be a string, but is 5");

      String ofModel = "--model=" + model;
      assertThat(letters("list", ofModel).lines())
          .hasSize(4)
          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
      assertThat(letters("list", ofModel, "--limit=1").said()).contains("and 1 older ones");
      JsonNode lost =
          JsonMapper.shared().readTree(letters("list", "--json", "--reason=" + topic).said());
      String offset = lost.get("offset").asString();
      assertThat(letters("show", offset).said()).contains("\"prompt\":\"echo no\"", topic);
      assertRefused(letters("show", "nobody"), "no dead letter with the offset or id \"nobody\"");

      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
      assertThat(letters("replay", "lost").lines())
          .hasSize(2)
          .last()
          .isEqualTo("1 asked again, 0 not");
      assertThat(answerOn(topic)).isInstanceOf(Reply.Finished.class);
      assertThat(letters("replay", offset).said()).contains("skipped: it was replayed before");
      assertThat(letters("list", ofModel, "--no-replayed").said()).contains("bad");
      assertThat(letters("list", ofModel, "--replayed").said()).contains("replayed  lost");
      assertThat(worker.engine.starts()).containsExactly("lost");
    }
  }

  private Reply answerOn(String topic) {
    try (PartitionScan scan = new PartitionScan(kafka.cluster(), new TopicPartition(topic, 0))) {
      List<Reply> replies = new ArrayList<>();
      while (replies.stream().noneMatch(Reply::isLast)) {
        replies.clear();
        scan.forEach(record -> replies.add(Wire.decodeReply(record.value())));
        if (Thread.currentThread().isInterrupted()) {
          throw new IllegalStateException("the test has run out of time");
        }
      }
      return replies.get(replies.size() - 1);
    }
  }

  @Test
  void deadLetters_thatMakeNoSense_areNotReplayed_andPurgedOnceConfirmed() throws Exception {
    String past = "\"deadline\":\"2020-01-01T00:00:00Z\"";
    client.askInWords("{\"id\":\"late\",\"prompt\":\"echo a\",\"model\":\"other\"," + past + "}");
    client.ask(RequestClass.INTERACTIVE, null, null);
    try (WorkerFixture worker = new WorkerFixture(kafka, model)) {
      client.deadLetter("millrace-reason", "this topic is for");
      client.deadLetter("millrace-reason", "the body is empty");

      assertThat(letters("replay", "--all", "--model=" + model).said())
          .contains("its deadline 2020-01-01T00:00:00Z has passed", "is gone from its topic")
          .endsWith("0 asked again, 2 not" + System.lineSeparator());
    }
    assertRefused(letters("replay"), "which dead letters?");
    assertPurgedOnceConfirmed();
  }

  private void assertPurgedOnceConfirmed() {
    assertThat(letters("purge", "--older-than=1d", "--yes").said())
        .contains("no such dead letters");
    assertRefused(letters("purge", "--all"), "--yes must be given to delete for good");
    assertThat(letters("list", "--model=" + model).lines()).hasSize(4);
    assertThat(letters("purge", "--all", "--yes").said()).startsWith("deleted ");
    assertThat(letters("list").said()).contains("no such dead letters in millrace.dead-letters");
  }
}
