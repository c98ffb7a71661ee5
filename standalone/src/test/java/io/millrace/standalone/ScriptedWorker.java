package io.millrace.standalone;

import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.ReaderState;
import io.millrace.protocol.Reply;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Wire;
import io.millrace.protocol.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/**
 * A worker without a model: takes requests from the share group as a real one does, and leaves the
 * replies to the test.
 */
final class ScriptedWorker implements AutoCloseable {
  private static final String NAME = "scripted";

  private final TopicNames names;
  private final String model;
  private final KafkaCluster cluster;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> control;
  private final BlockingQueue<GenerationRequest> taken = new LinkedBlockingQueue<>();
  private final Thread intake;
  private volatile boolean stopping;
  private volatile Consumer<GenerationRequest> script = request -> {};

  ScriptedWorker(KafkaCluster cluster, TopicNames names, String model) {
    this.cluster = cluster;
    this.names = names;
    this.model = model;
    this.producer = new KafkaProducer<>(cluster.producer());
    this.control = new KafkaConsumer<>(cluster.consumer());
    TopicPartition partition = new TopicPartition(names.control(), 0);
    control.assign(List.of(partition));
    control.seekToBeginning(List.of(partition));
    this.intake = new Thread(this::takeRequests, "scripted-worker");
    intake.start();
  }

  /** What happens with each request from now on. */
  void onRequest(Consumer<GenerationRequest> newScript) {
    taken.clear();
    script = newScript;
  }

  /** The next request since the script was set. */
  GenerationRequest takenRequest() throws InterruptedException {
    GenerationRequest request = taken.poll(60, TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request came");
    }
    return request;
  }

  void reply(GenerationRequest to, Reply... replies) {
    for (Reply reply : replies) {
      producer.send(
          new ProducerRecord<>(
              to.reply().topic(), to.reply().partition(), to.id(), Wire.encode(reply)));
    }
    producer.flush();
  }

  void announce(int maxInputLen) {
    WorkerState state =
        new WorkerState(NAME, model, 4, 0, 0, "cpu", maxInputLen, 64, 0, Instant.now());
    producer.send(new ProducerRecord<>(names.workers(), NAME, Wire.encode(state)));
    producer.flush();
  }

  void leave() {
    producer.send(new ProducerRecord<>(names.workers(), NAME, null));
    producer.flush();
  }

  /** The cancel of a request, once it comes. */
  Optional<ControlMessage.Cancel> cancelOf(String id) {
    Instant limit = Instant.now().plusSeconds(60);
    while (Instant.now().isBefore(limit)) {
      for (ConsumerRecord<String, byte[]> record : control.poll(Duration.ofSeconds(1))) {
        if (Wire.decodeControl(record.value()) instanceof ControlMessage.Cancel cancel
            && cancel.id().equals(id)) {
          return Optional.of(cancel);
        }
      }
    }
    return Optional.empty();
  }

  /** The ids of all requests that are cancelled by now. */
  Set<String> cancelledIds() {
    Set<String> ids = new HashSet<>();
    for (ConsumerRecord<String, byte[]> record : readAll(names.control())) {
      if (Wire.decodeControl(record.value()) instanceof ControlMessage.Cancel cancel) {
        ids.add(cancel.id());
      }
    }
    return ids;
  }

  /** What each reader has said by now, in order: that it lives, or that it has left. */
  Map<String, List<Boolean>> wordsOfReaders() {
    Map<String, List<Boolean>> words = new HashMap<>();
    for (ConsumerRecord<String, byte[]> record : readAll(names.workers())) {
      ReaderState.readerOf(record.key())
          .ifPresent(
              reader ->
                  words
                      .computeIfAbsent(reader, any -> new ArrayList<>())
                      .add(record.value() != null));
    }
    return words;
  }

  private List<ConsumerRecord<String, byte[]>> readAll(String topic) {
    List<ConsumerRecord<String, byte[]>> all = new ArrayList<>();
    TopicPartition partition = new TopicPartition(topic, 0);
    try (var reader = new KafkaConsumer<String, byte[]>(cluster.consumer())) {
      reader.assign(List.of(partition));
      reader.seekToBeginning(List.of(partition));
      long end = reader.endOffsets(List.of(partition)).get(partition);
      while (reader.position(partition) < end) {
        reader.poll(Duration.ofSeconds(1)).forEach(all::add);
      }
    }
    return all;
  }

  private void takeRequests() {
    String topic = names.requests(model, RequestClass.INTERACTIVE);
    String group = names.workerGroup(model, RequestClass.INTERACTIVE);
    try (var consumer =
        new KafkaShareConsumer<String, byte[]>(cluster.shareConsumer(group, NAME))) {
      consumer.subscribe(List.of(topic));
      while (!stopping) {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          consumer.acknowledge(record, AcknowledgeType.ACCEPT);
          GenerationRequest request =
              Wire.decodeRequest(record.value(), record.key(), Instant.EPOCH);
          taken.add(request);
          script.accept(request);
        }
      }
    } catch (GroupIdNotFoundException e) {
      // A broker without its data knows no members; a new worker joins a new group.
      stopping = true;
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    intake.join();
    producer.close();
    control.close();
  }
}
