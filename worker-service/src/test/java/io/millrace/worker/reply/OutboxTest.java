package io.millrace.worker.reply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
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
    try (Outbox outbox = new Outbox(producer, 2000)) {
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
    try (Outbox outbox = new Outbox(stuckProducer, 2)) {
      CompletableFuture<Void> first = send(outbox, "first");
      entered.await();
      CompletableFuture<Void> second = send(outbox, "second");
      CompletableFuture<Void> third = send(outbox, "third");
      CompletableFuture<Void> fourth = send(outbox, "fourth");

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
    try (Outbox outbox = new Outbox(producer, 10)) {
      assertThatThrownBy(send(outbox, "lost")::join).hasMessageContaining("no room");
      producer.sendException = null;
      send(outbox, "kept").join();
      CompletableFuture<Void> unmade =
          outbox.send(
              () -> {
                throw new IllegalArgumentException("no such partition");
              });
      assertThatThrownBy(unmade::join).hasMessageContaining("no such partition");
    }
    assertThat(producer.history()).extracting(OutboxTest::text).containsExactly("kept");
  }

  @Test
  void send_afterTheEnd_isRefused() {
    Outbox outbox = new Outbox(producer, 10);
    outbox.close();

    assertThatThrownBy(send(outbox, "late")::join).hasMessageContaining("has stopped");
  }

  @Test
  void undeliverable_isWhatNoRetryHelps() {
    assertThat(UndeliverableReply.isCause(new UnknownTopicOrPartitionException())).isTrue();
    assertThat(UndeliverableReply.isCause(new UndeliverableReply("nowhere"))).isTrue();
    assertThat(UndeliverableReply.isCause(new TimeoutException())).isFalse();
  }

  private static CompletableFuture<Void> send(Outbox outbox, String text) {
    return outbox.send(
        () -> new ProducerRecord<>("topic", null, text.getBytes(StandardCharsets.UTF_8)));
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
