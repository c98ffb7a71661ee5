package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.Wire;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What a worker makes of the records of its topics, good and bad. */
class WorkerRecordsIT extends WorkerQueue {
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
}
