package io.millrace.standalone;

import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ReaderState;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Wire;
import io.millrace.protocol.WorkerState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A program that asks over Kafka: it knows the records and nothing else. */
final class QueueClient implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  final String model;
  private final KafkaCluster cluster;
  private final TopicNames topics;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final List<Reply> replies = new ArrayList<>();
  private final List<ConsumerRecord<String, byte[]>> others = new ArrayList<>();

  /** Reads replies and dead letters from now on; the topics must be there. */
  QueueClient(KafkaCluster cluster, TopicNames topics, String model) {
    this.model = model;
    this.cluster = cluster;
    this.topics = topics;
    this.producer = new KafkaProducer<>(cluster.producer());
    this.consumer = new KafkaConsumer<>(cluster.consumer());
    List<TopicPartition> read = new ArrayList<>();
    for (String topic :
        List.of(topics.replies(), topics.deadLetters(), topics.workers(), topics.control())) {
      consumer
          .partitionsFor(topic)
          .forEach(p -> read.add(new TopicPartition(topic, p.partition())));
    }
    consumer.assign(read);
    consumer.seekToEnd(read);
    read.forEach(consumer::position);
  }

  ReplyAddress address() {
    return new ReplyAddress(topics.replies(), null);
  }

  GenerationRequest request(String id, String prompt) {
    return request(id, prompt, true, null, address());
  }

  GenerationRequest request(
      String id, String prompt, boolean stream, @Nullable Instant deadline, ReplyAddress reply) {
    return new GenerationRequest(
        id,
        model,
        new Prompt.Text(prompt),
        SamplingParams.NONE,
        StopCriteria.MODEL_DEFAULTS,
        stream,
        Instant.now(),
        deadline,
        reply);
  }

  void ask(String id, String prompt) throws Exception {
    ask(request(id, prompt));
  }

  void ask(GenerationRequest request) throws Exception {
    ask(RequestClass.INTERACTIVE, request.id(), Wire.encode(request));
  }

  void ask(RequestClass requestClass, @Nullable String key, byte @Nullable [] value)
      throws Exception {
    send(topics.requests(model, requestClass), key, value);
  }

  void askInWords(String json) throws Exception {
    ask(RequestClass.INTERACTIVE, null, json.getBytes(StandardCharsets.UTF_8));
  }

  /** As a producer does that compresses, and takes records of any size. */
  void askCompressed(String json) throws Exception {
    Map<String, Object> settings = new java.util.HashMap<>(cluster.producer());
    settings.put("compression.type", "gzip");
    settings.put("max.request.size", Integer.MAX_VALUE);
    settings.put("buffer.memory", 256L << 20);
    try (var compressing = new KafkaProducer<String, byte[]>(settings)) {
      String topic = topics.requests(model, RequestClass.INTERACTIVE);
      byte[] value = json.getBytes(StandardCharsets.UTF_8);
      compressing.send(new ProducerRecord<>(topic, value)).get();
    }
  }

  void tell(ControlMessage message) throws Exception {
    send(topics.control(), null, Wire.encode(message));
  }

  /** Says, as a reader does, that it lives, or that it has left. */
  void tellOfReader(String reader, boolean lives) throws Exception {
    byte[] value = lives ? Wire.encode(new ReaderState(reader, Instant.now(), 0)) : null;
    send(topics.workers(), ReaderState.key(reader), value);
  }

  /** Says what a worker says of itself. */
  void tellOfWorker(String worker) throws Exception {
    WorkerState state = new WorkerState(worker, model, 1, 0, 0, "cpu", 1, 1, 0, Instant.now());
    send(topics.workers(), worker, Wire.encode(state));
  }

  private void send(String topic, @Nullable String key, byte @Nullable [] value) throws Exception {
    producer.send(new ProducerRecord<>(topic, key, value)).get();
  }

  /** Reads until the request has its last reply, and gives all of its replies. */
  List<Reply> answer(String id) {
    readUntil(() -> repliesTo(id).stream().anyMatch(Reply::isLast));
    return repliesTo(id);
  }

  /** The text of an answer that only one attempt has told. */
  static String textOf(List<Reply> answer) {
    StringBuilder text = new StringBuilder();
    for (Reply reply : answer) {
      if (reply instanceof Reply.Delta delta) {
        text.append(delta.text());
      } else if (reply instanceof Reply.Finished finished) {
        text.append(finished.text());
      }
    }
    return text.toString();
  }

  Reply last(String id) {
    List<Reply> all = answer(id);
    return all.get(all.size() - 1);
  }

  List<Reply> repliesTo(String id) {
    return replies.stream().filter(reply -> reply.id().equals(id)).toList();
  }

  /** Replies to ids that the client did not choose. */
  List<Reply> allReplies() {
    return replies;
  }

  /** Reads until a record of another topic has come with this key. */
  ConsumerRecord<String, byte[]> deadLetter(@Nullable String header, String contained) {
    readUntil(() -> find(header, contained) != null);
    ConsumerRecord<String, byte[]> found = find(header, contained);
    if (found == null) {
      throw new IllegalStateException("read, but not found");
    }
    return found;
  }

  private @Nullable ConsumerRecord<String, byte[]> find(@Nullable String header, String contained) {
    return others.stream()
        .filter(record -> record.topic().equals(topics.deadLetters()))
        .filter(record -> header(record, header).contains(contained))
        .findFirst()
        .orElse(null);
  }

  static String header(ConsumerRecord<String, byte[]> record, @Nullable String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  /** The cancels since it reads, whoever wrote them. */
  List<ControlMessage.Cancel> cancels() {
    return others.stream()
        .filter(record -> record.topic().equals(topics.control()))
        .map(record -> Wire.decodeControl(record.value()))
        .filter(ControlMessage.Cancel.class::isInstance)
        .map(ControlMessage.Cancel.class::cast)
        .toList();
  }

  /** What the worker last said about itself, and whether it has said anything. */
  Map<String, Boolean> announced() {
    Map<String, Boolean> alive = new java.util.HashMap<>();
    others.stream()
        .filter(record -> record.topic().equals(topics.workers()))
        .forEach(record -> alive.put(record.key(), record.value() != null));
    return alive;
  }

  void readUntil(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
        if (record.topic().equals(topics.replies())) {
          replies.add(Wire.decodeReply(record.value()));
        } else {
          others.add(record);
        }
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("the test has run out of time");
      }
    }
  }

  @Override
  public void close() {
    producer.close();
    consumer.close();
  }
}
