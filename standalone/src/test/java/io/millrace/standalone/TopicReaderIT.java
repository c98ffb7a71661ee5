package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.Admins;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.FollowedReplies;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.MissingReplies;
import io.millrace.kafka.ReplyReader;
import io.millrace.kafka.ReplyStart;
import io.millrace.kafka.TopicReader;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.Wire;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Reading without a group from a real broker; each test has a topic of its own. */
class TopicReaderIT {
  private static final int PARTITIONS = 2;

  @TempDir static Path folder;
  private static EmbeddedBroker broker;
  private static KafkaCluster cluster;

  private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();
  private String topic;
  private KafkaProducer<String, byte[]> producer;

  @BeforeAll
  static void startBroker() {
    broker = EmbeddedBroker.start(folder, 0);
    cluster = new KafkaCluster(broker.bootstrapServers());
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void createTopic(TestInfo test) {
    topic = test.getTestMethod().orElseThrow().getName();
    producer = new KafkaProducer<>(cluster.producer());
    try (Admin admin = cluster.connect()) {
      Admins.get(admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all());
    }
  }

  @AfterEach
  void closeProducer() {
    producer.close();
  }

  @Test
  void topic_isReadFromItsStartInAllPartitions() throws Exception {
    write(0, "a");
    write(1, "b");
    TopicReader reader = reader(OffsetSpec.earliest());
    reader.start();
    reader.caughtUp().get(60, TimeUnit.SECONDS);

    assertThat(taken).containsExactlyInAnyOrder("a old", "b old");
    write(1, "c");
    assertThat(next(2)).isEqualTo("c live");
    reader.stop();
    assertThat(reader.isRunning()).isFalse();
  }

  @Test
  void topic_isReadFromAMoment() throws Exception {
    long moment = System.currentTimeMillis();
    write(0, moment - 1, "long ago");
    write(0, moment, "since then");
    write(1, moment - 1, "before");
    TopicReader reader = reader(OffsetSpec.forTimestamp(moment));
    reader.start();
    reader.caughtUp().get(60, TimeUnit.SECONDS);

    assertThat(taken).containsExactly("since then old");
    reader.stop();
  }

  @Test
  void partition_isReadFromItsEnd() throws Exception {
    write(1, "before");
    TopicReader reader =
        new TopicReader(cluster, new TopicPartition(topic, 1), OffsetSpec.latest(), this::take);
    reader.start();
    assertThat(reader.caughtUp()).isCompleted();
    write(0, "elsewhere");
    write(1, "after");

    assertThat(next(0)).isEqualTo("after live");
    reader.stop();
  }

  @Test
  void recordThatIsNotTaken_isSkipped() throws Exception {
    write(0, "invalid");
    write(0, "broken");
    write(0, "good");
    TopicReader reader = reader(OffsetSpec.earliest());
    reader.start();
    reader.caughtUp().get(60, TimeUnit.SECONDS);

    assertThat(taken).containsExactly("good old");
    assertThat(reader.isRunning()).isTrue();
    reader.stop();
  }

  /** The last offset is no record then, but the mark of its end. */
  @Test
  void transaction_isCaughtUpWith() throws Exception {
    Map<String, Object> settings = new HashMap<>(cluster.producer());
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic);
    try (var transactions = new KafkaProducer<String, byte[]>(settings)) {
      transactions.initTransactions();
      transactions.beginTransaction();
      transactions.send(new ProducerRecord<>(topic, 0, null, "in a transaction".getBytes()));
      transactions.commitTransaction();
    }
    TopicReader reader = reader(OffsetSpec.earliest());
    reader.start();
    reader.caughtUp().get(60, TimeUnit.SECONDS);

    assertThat(taken).containsExactly("in a transaction old");
    reader.stop();
  }

  @Test
  void brokerThatComesBack_isReadOn(@TempDir Path data) throws Exception {
    EmbeddedBroker first = EmbeddedBroker.start(data, 0);
    String address = first.bootstrapServers();
    KafkaCluster restarted = new KafkaCluster(address);
    try (Admin admin = restarted.connect()) {
      Admins.get(admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all());
    }
    TopicReader reader = new TopicReader(restarted, topic, OffsetSpec.latest(), this::take);
    reader.start();
    first.close();
    int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
    try (EmbeddedBroker second = EmbeddedBroker.start(data, port);
        var writer = new KafkaProducer<String, byte[]>(restarted.producer())) {
      assertThat(second.bootstrapServers()).isEqualTo(address);
      writer.send(new ProducerRecord<>(topic, 0, null, "back".getBytes())).get();

      assertThat(next(0)).isEqualTo("back live");
      reader.stop();
    }
  }

  @Test
  void topicThatIsMissing_isNamed() {
    TopicReader reader =
        new TopicReader(cluster, "no-such-topic", OffsetSpec.earliest(), this::take);

    assertThatThrownBy(reader::start)
        .isInstanceOf(ClusterNotReady.class)
        .hasMessageStartingWith(
            "cannot read the offsets of no-such-topic at " + broker.bootstrapServers());
    assertThat(reader.isRunning()).isFalse();
    reader.stop();
  }

  @Test
  void replies_areFollowedFromAnOffset_thoseThatAreThereAndThoseThatCome() throws Exception {
    write(0, "a", delta("a", 1));
    write(0, "b", delta("b", 1));
    long from = write(0, "a", delta("a", 2));
    try (ReplyReader replies = new ReplyReader(cluster, "followed");
        FollowedReplies first = replies.follow("a", at(from), this::take)) {
      first.caughtUp().get(60, TimeUnit.SECONDS);
      assertThat(taken).containsExactly("a2");
      write(0, "b", delta("b", 2));
      write(0, "a", delta("a", 3));
      assertThat(next(1)).isEqualTo("a3");

      // What begins earlier is read from there, and tells the first nothing twice.
      try (FollowedReplies second = replies.follow("b", at(0), this::take)) {
        second.caughtUp().get(60, TimeUnit.SECONDS);
        assertThat(taken).containsExactly("b1", "b2");
        first.close();
        write(0, "a", delta("a", 4));
        write(0, "b", delta("b", 3));
        assertThat(next(2)).isEqualTo("b3");
      }
    }
  }

  @Test
  void replies_areFollowedFromAMomentInAllPartitions() throws Exception {
    Instant moment = Instant.now();
    ReplyStart since = ReplyStart.since(new ReplyAddress(topic, null), moment);
    write(0, moment.toEpochMilli() - 1, "a", Wire.encode(delta("a", 1)));
    write(1, moment.toEpochMilli(), "a", Wire.encode(delta("a", 2)));
    try (ReplyReader replies = new ReplyReader(cluster, "followed");
        FollowedReplies followed = replies.follow("a", since, this::take)) {
      followed.caughtUp().get(60, TimeUnit.SECONDS);
      assertThat(taken).containsExactly("a2");
    }
  }

  @Test
  void replies_thatAreNotThere_areToldApart() throws Exception {
    long last = write(0, "a", delta("a", 1));
    try (ReplyReader replies = new ReplyReader(cluster, "followed");
        Admin admin = cluster.connect()) {
      assertThat(replies.follow("a", at(last + 2), this::take).started())
          .failsWithin(Duration.ofMinutes(1))
          .withThrowableOfType(ExecutionException.class)
          .havingCause()
          .isInstanceOfSatisfying(MissingReplies.class, it -> assertThat(it.deleted()).isFalse());
      var all = Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(last + 1));
      Admins.get(admin.deleteRecords(all).all());
      assertThat(replies.follow("a", at(last), this::take).started())
          .failsWithin(Duration.ofMinutes(1))
          .withThrowableOfType(ExecutionException.class)
          .havingCause()
          .isInstanceOfSatisfying(MissingReplies.class, it -> assertThat(it.deleted()).isTrue());
      assertThat(replies.follow("a", at(last + 1), this::take).caughtUp())
          .succeedsWithin(Duration.ofMinutes(1));
    }
  }

  private ReplyStart at(long offset) {
    return ReplyStart.at(new TopicPartition(topic, 0), offset);
  }

  private static Reply delta(String id, int seq) {
    return new Reply.Delta(id, 1, seq, seq, "x");
  }

  private void take(Reply reply) {
    taken.add(reply.id() + reply.seq());
  }

  private TopicReader reader(OffsetSpec from) {
    return new TopicReader(cluster, topic, from, this::take);
  }

  private void take(ConsumerRecord<String, byte[]> record, boolean live) {
    String value = new String(record.value());
    if (value.equals("invalid")) {
      throw new Invalid("type", "type is unknown");
    }
    if (value.equals("broken")) {
      throw new IllegalStateException("a defect");
    }
    taken.add(value + (live ? " live" : " old"));
  }

  private String next(int skipped) throws InterruptedException {
    for (int i = 0; i < skipped; i++) {
      taken.take();
    }
    return taken.take();
  }

  private void write(int partition, String value) throws Exception {
    write(partition, null, value);
  }

  private void write(int partition, @Nullable Long timestamp, String value) throws Exception {
    write(partition, timestamp, null, value.getBytes());
  }

  private long write(int partition, String key, Reply reply) throws Exception {
    return write(partition, null, key, Wire.encode(reply));
  }

  private long write(int partition, @Nullable Long timestamp, @Nullable String key, byte[] value)
      throws Exception {
    return producer
        .send(new ProducerRecord<>(topic, partition, timestamp, key, value))
        .get()
        .offset();
  }
}
