package io.millrace.worker.reply;

import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.TopicReader;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.ReplyTracker;
import io.millrace.protocol.Wire;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The reader of all replies at one address from a moment on, for as long as somebody uses it. */
final class HistoryReader implements AutoCloseable {
  private final Instant from;
  private final TopicReader reader;

  /** By id; touched by the reader's thread alone. */
  private final Map<String, ReplyTracker> answers = new HashMap<>();

  private final Map<Reply.Accepted, CompletableFuture<PriorOutput>> awaited =
      new ConcurrentHashMap<>();

  private int users = 1;

  private HistoryReader(KafkaCluster cluster, ReplyAddress address, Instant from) {
    this.from = from;
    OffsetSpec begin = OffsetSpec.forTimestamp(Math.max(0, from.toEpochMilli()));
    Integer partition = address.partition();
    this.reader =
        partition == null
            ? new TopicReader(cluster, address.topic(), begin, this::take)
            : new TopicReader(
                cluster, new TopicPartition(address.topic(), partition), begin, this::take);
  }

  /** A reader that begins now, for one user. */
  static HistoryReader start(KafkaCluster cluster, ReplyAddress address, Instant from) {
    HistoryReader started = new HistoryReader(cluster, address, from);
    started.reader.start();
    return started;
  }

  /** What it reads was written no earlier. */
  Instant from() {
    return from;
  }

  /** Has another user; guarded by the history. */
  void use() {
    users++;
  }

  /** Has one user less; whether that was the last. Guarded by the history. */
  boolean release() {
    return --users == 0;
  }

  /** Completed, when a reply is read that was not there before, with what came before it. */
  CompletableFuture<PriorOutput> await(Reply.Accepted accepted) {
    return awaited.computeIfAbsent(accepted, reply -> new CompletableFuture<>());
  }

  void forget(Reply.Accepted accepted) {
    awaited.remove(accepted);
  }

  private void take(ConsumerRecord<String, byte[]> record, boolean live) {
    if (record.value() == null) {
      return;
    }
    Reply reply = Wire.decodeReply(record.value());
    ReplyTracker answer = answers.computeIfAbsent(reply.id(), id -> new ReplyTracker());
    if (reply instanceof Reply.Accepted accepted) {
      CompletableFuture<PriorOutput> asker = awaited.get(accepted);
      if (asker != null) {
        asker.complete(answer.output(accepted.source()));
      }
    }
    answer.take(reply);
  }

  @Override
  public void close() {
    reader.stop();
  }
}
