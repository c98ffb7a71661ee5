package io.millrace.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Reply;
import io.millrace.protocol.Wire;
import io.millrace.testing.TinyCheckpoint;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A broker, an api and two workers, each a process of its own. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class WorkersIT {
  private static final int REQUESTS = 40;

  @TempDir private static Path folder;

  private static MillraceProcess broker;
  private static MillraceProcess api;
  private static MillraceProcess first;
  private static MillraceProcess second;
  private static Client client;
  private static List<String> answers;

  @BeforeAll
  static void start() throws Exception {
    TinyCheckpoint.llama().writeTo(folder.resolve("model"));
    broker = broker(0);
    api = MillraceProcess.start("listening on", "api", "--port=0", kafka(), model());
    first = worker("first");
    second = worker("second");
    client = new Client(api.port());
  }

  @AfterAll
  static void stop() {
    for (MillraceProcess process : new MillraceProcess[] {second, first, api, broker}) {
      if (process != null) {
        process.close();
      }
    }
  }

  @Test
  @Order(1)
  void workers_shareTheLoad() throws Exception {
    answers = askAtOnce();
    assertThat(answers).hasSize(REQUESTS).noneMatch(answer -> answer.startsWith("incomplete"));
    assertThat(workersThatAnswered()).containsExactlyInAnyOrder("first", "second");
  }

  @Test
  @Order(2)
  void recordFromAnyProgram_isAnsweredOnTheTopicItNames() throws Exception {
    String record =
        "{\"id\":\"plain\",\"prompt\":\"hello\",\"max_tokens\":3,\"temperature\":0,"
            + "\"reply\":{\"topic\":\"millrace.replies\",\"partition\":31}}";
    try (var producer = producer()) {
      String topic = "millrace.requests.model.interactive";
      producer.send(new ProducerRecord<>(topic, record.getBytes(StandardCharsets.UTF_8))).get();
    }
    assertThat(lastReply(31, "plain")).isInstanceOf(Reply.Finished.class);
  }

  /** Content in parts, too, whichever way it comes. */
  @Test
  @Order(3)
  void chatFromAnyProgram_isAnsweredAsOverHttp() throws Exception {
    String chat =
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hello\"},"
            + "{\"type\":\"text\",\"text\":\"there\"}]}],\"max_tokens\":5,\"temperature\":0";
    String reply = ",\"id\":\"chat\",\"reply\":{\"topic\":\"millrace.replies\",\"partition\":30}}";
    try (var producer = producer()) {
      String topic = "millrace.requests.model.interactive";
      byte[] record = (chat + reply).getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, record)).get();
    }
    String overHttp = Client.text(client.post("/chat", chat + "}"));
    assertThat(lastReply(30, "chat"))
        .isInstanceOfSatisfying(
            Reply.Finished.class, it -> assertThat(it.text()).isEqualTo(overHttp));
  }

  @Test
  @Order(4)
  void killedWorker_isNotNoticed() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> asked = askLater();
    CompletableFuture.anyOf(asked.toArray(CompletableFuture[]::new)).join();
    first.kill();
    List<String> after = asked.stream().map(it -> Client.streamedText(it.join())).toList();
    assertThat(after).isEqualTo(answers);
  }

  /** Nothing is lost of what the broker had, and what comes meanwhile waits for it. */
  @Test
  @Order(5)
  void killedBroker_isWaitedFor() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> asked = askLater();
    CompletableFuture.anyOf(asked.toArray(CompletableFuture[]::new)).join();
    int port = broker.port();
    broker.kill();
    var meanwhile = client.postLater("/completion", question(0));
    broker = broker(port);
    assertThat(asked.stream().map(it -> Client.streamedText(it.join())).toList())
        .isEqualTo(answers);
    assertThat(Client.streamedText(meanwhile.join())).as(api.output()).isEqualTo(answers.get(0));
  }

  @Test
  @Order(6)
  void processesThatAreTold_closeWhatTheyOpened() throws Exception {
    assertThat(second.stop()).as(second.output()).isIn(0, 143);
    assertThat(second.output()).contains("worker second has stopped");
    assertThat(api.stop()).as(api.output()).isIn(0, 143);
    assertThat(broker.stop()).as(broker.output()).isIn(0, 143);
  }

  private static List<String> askAtOnce() {
    return askLater().stream().map(response -> Client.streamedText(response.join())).toList();
  }

  private static List<CompletableFuture<HttpResponse<String>>> askLater() {
    return IntStream.range(0, REQUESTS)
        .mapToObj(i -> client.postLater("/completion", question(i)))
        .toList();
  }

  private static String question(int i) {
    return "{\"prompt\":\"%s\",\"stream\":true,\"max_tokens\":%d,\"ignore_eos\":true}"
        .formatted("number " + i, 100 + i);
  }

  private static MillraceProcess broker(int port) throws Exception {
    return MillraceProcess.start(
        "broker listens",
        "broker",
        "--broker-port=" + port,
        "--data-dir=" + folder.resolve("kafka"));
  }

  private static MillraceProcess worker(String name) throws Exception {
    return MillraceProcess.start(
        "takes requests",
        "worker",
        "--worker-name=" + name,
        "--max-batch-size=8",
        "--dtype=fp32",
        "--threads=1",
        kafka(),
        model());
  }

  private static String kafka() {
    return "--bootstrap-servers=127.0.0.1:" + broker.port();
  }

  private static String model() {
    return "--model=" + folder.resolve("model");
  }

  private static Set<String> workersThatAnswered() {
    Set<String> workers = new HashSet<>();
    try (var consumer = consumer()) {
      List<TopicPartition> partitions =
          consumer.partitionsFor("millrace.replies").stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          if (Wire.decodeReply(record.value()) instanceof Reply.Accepted accepted) {
            workers.add(accepted.worker());
          }
        }
      }
    }
    return workers;
  }

  private static Reply lastReply(int partition, String id) {
    try (var consumer = consumer()) {
      List<TopicPartition> one = List.of(new TopicPartition("millrace.replies", partition));
      consumer.assign(one);
      consumer.seekToBeginning(one);
      for (int i = 0; i < 60; i++) {
        for (var record : consumer.poll(Duration.ofSeconds(1))) {
          Reply reply = Wire.decodeReply(record.value());
          if (reply.isLast() && reply.id().equals(id)) {
            return reply;
          }
        }
      }
    }
    throw new AssertionError("no answer:\n" + second.output());
  }

  private static KafkaConsumer<String, byte[]> consumer() {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", "127.0.0.1:" + broker.port()),
        new StringDeserializer(),
        new ByteArrayDeserializer());
  }

  private static KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", "127.0.0.1:" + broker.port()),
        new StringSerializer(),
        new ByteArraySerializer());
  }
}
