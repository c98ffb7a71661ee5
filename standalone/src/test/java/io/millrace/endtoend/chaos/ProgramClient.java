package io.millrace.endtoend.chaos;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.json.JsonMapper;

/** A program that knows Kafka's clients and nothing of ours. */
final class ProgramClient implements Load.Client {
  private static final Duration POLL = Duration.ofMillis(200);

  private final String topic;
  private final int partition;
  private final Tally tally;
  private final Duration deadline;
  private final KafkaProducer<String, String> producer;
  private final KafkaConsumer<String, String> consumer;

  ProgramClient(
      String bootstrapServers,
      String model,
      ReplyTopic replies,
      int partition,
      Tally tally,
      Duration deadline) {
    this.topic = "millrace.requests." + model + ".interactive";
    this.partition = partition;
    this.tally = tally;
    this.deadline = deadline;
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringSerializer(),
            new StringSerializer());
    this.consumer = replies.reader(partition);
  }

  @Override
  public void ask(Question question, String answer) throws InterruptedException {
    String id = UUID.randomUUID().toString();
    String request = question.record(id, ReplyTopic.NAME, partition);
    try {
      producer.send(new ProducerRecord<>(topic, request)).get();
    } catch (ExecutionException notStored) {
      return;
    }
    tally.asked(Asker.PROGRAM);
    ProgramAnswer heard = hear(id);
    if (heard.failure() != null || !heard.isEnded()) {
      String what = heard.failure() == null ? "late" : heard.failure();
      tally.violation(Tally.Violation.LOST, Asker.PROGRAM, id, String.valueOf(what));
    } else if (!heard.text().equals(answer)) {
      tally.violation(
          Tally.Violation.WRONG, Asker.PROGRAM, id, Difference.of(heard.text(), answer));
    } else {
      tally.answered(Asker.PROGRAM);
    }
  }

  private ProgramAnswer hear(String id) {
    ProgramAnswer heard = new ProgramAnswer();
    long end = System.nanoTime() + deadline.toNanos();
    while (!heard.isEnded() && System.nanoTime() < end) {
      for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
        if (id.equals(record.key())) {
          heard.take(JsonMapper.shared().readTree(record.value()), System.nanoTime());
          Duration gap = heard.takeRedelivery();
          if (gap != null) {
            tally.redelivered(gap);
          }
        }
      }
    }
    return heard;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(1));
    consumer.close();
  }
}
