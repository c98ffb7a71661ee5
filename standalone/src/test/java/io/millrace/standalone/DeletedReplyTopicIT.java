package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

/** A reply topic that is deleted in mid-answer: what its producer waits for is half a minute. */
class DeletedReplyTopicIT extends WorkerQueue {
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
}
