package io.millrace.endtoend.chaos;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.json.JsonMapper;

/** The topic that the programs of a run are answered on, a partition for each. */
record ReplyTopic(String bootstrapServers, int partitions) {
  static final String NAME = "chaos.replies";
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final int POLLS = 300;

  void create() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      NewTopic topic = new NewTopic(NAME, Math.max(1, partitions), (short) 1);
      admin.createTopics(List.of(topic)).all().get();
    }
  }

  /** A reader of one partition from its end on. */
  KafkaConsumer<String, String> reader(int partition) {
    KafkaConsumer<String, String> consumer = consumer();
    TopicPartition place = new TopicPartition(NAME, partition);
    consumer.assign(List.of(place));
    consumer.seekToEnd(List.of(place));
    consumer.position(place);
    return consumer;
  }

  private KafkaConsumer<String, String> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", bootstrapServers),
        new StringDeserializer(),
        new StringDeserializer());
  }

  /** Reads all of it: what came after an answer was whole may not end it once more. */
  void checkAgain(Tally tally) {
    Map<String, ProgramAnswer> answers = new HashMap<>();
    List<TopicPartition> all =
        IntStream.range(0, partitions).mapToObj(i -> new TopicPartition(NAME, i)).toList();
    try (KafkaConsumer<String, String> consumer = consumer()) {
      consumer.assign(all);
      consumer.seekToBeginning(all);
      Map<TopicPartition, Long> ends = consumer.endOffsets(all);
      int polls = 0;
      while (all.stream().anyMatch(place -> consumer.position(place) < ends.get(place))
          && polls++ < POLLS) {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          answers
              .computeIfAbsent(record.key(), id -> new ProgramAnswer())
              .take(JsonMapper.shared().readTree(record.value()), 1);
        }
      }
    }
    answers.forEach(
        (id, answer) -> {
          if (answer.doubled() > 0) {
            tally.violation(
                Tally.Violation.DOUBLED, Asker.PROGRAM, id, answer.doubled() + " records");
          }
        });
    tally.say("replies to programs looked at again: " + answers.size());
  }
}
