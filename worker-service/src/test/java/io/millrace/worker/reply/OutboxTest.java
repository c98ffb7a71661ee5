package io.millrace.worker.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.RecordPlace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

final class OutboxTest {
  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());

  @Test
  void send_keepsTheOrder() {
    List<String> sent = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
    try (Outbox outbox = new Outbox(producer, 2000, Duration.ZERO)) {
      sent.forEach(text -> send(outbox, text));
    }

    assertThat(producer.history()).extracting(OutboxTest::text).containsExactlyElementsOf(sent);
    assertThat(producer.closed()).isTrue();
  }

  @Test
  void send_neverWaits_andRefusesWhatDoesNotFit() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(1);
    var stuckProducer =
        new MockProducer<String, byte[]>(
            true, null, new StringSerializer(), new ByteArraySerializer()) {
          @Override
          public Future<RecordMetadata> send(
              ProducerRecord<String, byte[]> record, Callback callback) {
            entered.countDown();
            awaitUninterruptibly(stuck);
            return super.send(record, callback);
          }
        };
    try (Outbox outbox = new Outbox(stuckProducer, 2, Duration.ZERO)) {
      CompletableFuture<RecordPlace> first = send(outbox, "first");
      entered.await();
      CompletableFuture<RecordPlace> second = send(outbox, "second");
      CompletableFuture<RecordPlace> third = send(outbox, "third");
      CompletableFuture<RecordPlace> fourth = send(outbox, "fourth");

      assertThat(first).isNotDone();
      assertThatThrownBy(fourth::join).hasMessageContaining("too many replies wait for Kafka");
      stuck.countDown();
      CompletableFuture.allOf(first, second, third).join();
    }
    assertThat(stuckProducer.history())
        .extracting(OutboxTest::text)
        .containsExactly("first", "second", "third");
  }

  @Test
  void send_tellsWhenARecordIsLost() {
    producer.sendException = new TimeoutException("no room in the buffer");
    try (Outbox outbox = new Outbox(producer, 10, Duration.ZERO)) {
      assertThatThrownBy(send(outbox, "lost")::join).hasMessageContaining("no room");
      producer.sendException = null;
      send(outbox, "kept").join();
      CompletableFuture<RecordPlace> unmade =
          outbox.send(
              "topic",
              () -> {
                throw new IllegalArgumentException("no such partition");
              });
      assertThatThrownBy(unmade::join).hasMessageContaining("no such partition");
    }
    assertThat(producer.history()).extracting(OutboxTest::text).containsExactly("kept");
  }

  @Test
  void toldRecords_goWithTheLastOne() {
    List<String> told = new CopyOnWriteArrayList<>();
    try (Outbox outbox = new Outbox(producer, 10, Duration.ofDays(1))) {
      CompletableFuture<RecordPlace> first = tellAndSend(outbox, told, "first", false);
      send(outbox, "another's").join();
      assertThat(told).containsExactly("first");
      assertThat(first).isNotDone();

      tellAndSend(outbox, told, "last", true).join();
      assertThat(first).isCompleted();
      assertThat(told).containsExactly("first", "last");
    }
    assertThat(producer.history())
        .extracting(OutboxTest::text)
        .containsExactly("another's", "first", "last");
  }

  @Test
  void toldRecords_goAfterAWhile() {
    List<String> told = new CopyOnWriteArrayList<>();
    try (Outbox outbox = new Outbox(producer, 10, Duration.ofMillis(1))) {
      tellAndSend(outbox, told, "first", false).join();
    }
    assertThat(producer.history()).extracting(OutboxTest::text).containsExactly("first");
  }

  @Test
  void toldRecords_goBeforeTheEnd() {
    List<String> told = new CopyOnWriteArrayList<>();
    try (Outbox outbox = new Outbox(producer, 10, Duration.ofDays(1))) {
      tellAndSend(outbox, told, "held", false);
    }
    assertThat(told).containsExactly("held");
    assertThat(producer.history()).extracting(OutboxTest::text).containsExactly("held");
  }

  @Test
  void readerThatFails_losesNoRecord() {
    try (Outbox outbox = new Outbox(producer, 10, Duration.ZERO)) {
      Runnable fail =
          () -> {
            throw new IllegalStateException("the reader has left");
          };
      stream(outbox).tellAndSend(fail, () -> record("kept"), true).join();
    }
    assertThat(producer.history()).extracting(OutboxTest::text).containsExactly("kept");
  }

  @Test
  void destinationThatHasVanished_holdsUpNoOther_andIsWaitedForOnce() {
    CountDownLatch patience = new CountDownLatch(1);
    AtomicInteger waits = new AtomicInteger();
    var partlyGone =
        new MockProducer<String, byte[]>(
            true, null, new StringSerializer(), new ByteArraySerializer()) {
          @Override
          public Future<RecordMetadata> send(
              ProducerRecord<String, byte[]> record, Callback callback) {
            if (record.topic().equals("gone")) {
              waits.incrementAndGet();
              awaitUninterruptibly(patience);
              throw new TimeoutException("Topic gone not present in metadata after 3000 ms.");
            }
            return super.send(record, callback);
          }
        };
    List<CompletableFuture<RecordPlace>> lost = new ArrayList<>();
    try (Outbox outbox = new Outbox(partlyGone, 100, Duration.ofDays(1))) {
      RecordStream first = outbox.open(new RecordStream.Destination("gone", 0));
      RecordStream second = outbox.open(new RecordStream.Destination("gone", 0));
      for (int token = 0; token < 10; token++) {
        lost.add(first.send(() -> new ProducerRecord<>("gone", 0, "a", new byte[0])));
        lost.add(second.send(() -> new ProducerRecord<>("gone", 0, "b", new byte[0])));
      }
      send(outbox, "another's").join();
      patience.countDown();
      for (CompletableFuture<RecordPlace> record : lost) {
        assertThatThrownBy(record::join).hasMessageContaining("not present in metadata");
      }
      assertThat(first.loss()).isInstanceOf(TimeoutException.class);
    }
    assertThat(waits).hasValue(1);
    assertThat(partlyGone.history()).extracting(OutboxTest::text).containsExactly("another's");
  }

  @Test
  void stream_isDroppedAfterItsFirstLoss() {
    producer.sendException = new BufferExhaustedException("no room");
    List<String> told = new CopyOnWriteArrayList<>();
    try (Outbox outbox = new Outbox(producer, 10, Duration.ZERO)) {
      RecordStream stream = stream(outbox);
      CompletableFuture<RecordPlace> lost = stream.send(() -> record("lost"));
      assertThatThrownBy(lost::join).hasMessageContaining("no room");
      producer.sendException = null;
      CompletableFuture<RecordPlace> next =
          stream.tellAndSend(() -> told.add("next"), () -> record("next"), true);
      assertThatThrownBy(next::join).hasMessageContaining("no room");
      send(outbox, "another's").join();
    }
    assertThat(told).isEmpty();
    assertThat(producer.history()).extracting(OutboxTest::text).containsExactly("another's");
  }

  @Test
  void send_afterTheEnd_isRefused() {
    Outbox outbox = new Outbox(producer, 10, Duration.ZERO);
    outbox.close();

    assertThatThrownBy(send(outbox, "late")::join).hasMessageContaining("has stopped");
  }

  @Test
  void undeliverable_isWhatNoRetryHelps() {
    assertThat(UndeliverableReply.isCause(new UnknownTopicOrPartitionException())).isTrue();
    assertThat(UndeliverableReply.isCause(new UndeliverableReply("nowhere"))).isTrue();
    assertThat(UndeliverableReply.isCause(new TimeoutException())).isFalse();
  }

  private static CompletableFuture<RecordPlace> send(Outbox outbox, String text) {
    return outbox.send("topic", () -> record(text));
  }

  private static CompletableFuture<RecordPlace> tellAndSend(
      Outbox outbox, List<String> told, String text, boolean last) {
    return stream(outbox).tellAndSend(() -> told.add(text), () -> record(text), last);
  }

  private static RecordStream stream(Outbox outbox) {
    return outbox.open(new RecordStream.Destination("topic", null));
  }

  private static ProducerRecord<String, byte[]> record(String text) {
    return new ProducerRecord<>("topic", null, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(ProducerRecord<String, byte[]> record) {
    return new String(record.value(), StandardCharsets.UTF_8);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
