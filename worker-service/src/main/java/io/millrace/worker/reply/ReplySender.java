package io.millrace.worker.reply;

import io.micrometer.core.instrument.Timer;
import io.millrace.protocol.Echo;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.Wire;
import io.millrace.worker.reply.RecordStream.Destination;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The sender of replies: to the topic and partition that each request names; and at once to whoever
 * reads them in this process.
 */
public final class ReplySender {
  private final Outbox outbox;
  private final ReplyTopics topics;
  private final LocalReplies localReplies;
  private final JobStates jobs;
  private final Timer storeTime;

  /** The partitions of the topics that were there when a reply last went to them. */
  private final Map<String, Integer> known = new ConcurrentHashMap<>();

  /**
   * @param jobs takes down what becomes of requests whose answers are kept
   * @param storeTime takes how long it was until replies were stored
   */
  public ReplySender(
      Outbox outbox,
      ReplyTopics topics,
      LocalReplies localReplies,
      JobStates jobs,
      Timer storeTime) {
    this.storeTime = storeTime;
    this.jobs = jobs;
    this.outbox = outbox;
    this.topics = topics;
    this.localReplies = localReplies;
  }

  /**
   * Opens the way back of one answer. May wait for a broker, so it is nothing for the engine's
   * thread.
   *
   * @throws UndeliverableReply if there is no such topic or partition
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  public ReplyStream open(GenerationRequest request) {
    Consumer<Reply> reader = localReplies.reader(request.id()).orElse(null);
    return open(request.reply(), request.echo(), request.stream(), reader);
  }

  /** The same for a request of which no more can be read. */
  public ReplyStream open(ReplyAddress address, Echo echo) {
    return open(address, echo, true, null);
  }

  private ReplyStream open(
      ReplyAddress address, Echo echo, boolean streamed, @Nullable Consumer<Reply> reader) {
    int partitions = partitions(address.topic());
    if (address.partition() != null && address.partition() >= partitions) {
      throw new UndeliverableReply(
          "reply.partition is %d, but topic %s has only %d partitions"
              .formatted(address.partition(), address.topic(), partitions));
    }
    RecordStream records = outbox.open(new Destination(address.topic(), address.partition()));
    Function<Reply, CompletableFuture<RecordPlace>> send =
        reply -> send(records, address, echo, reply, reader);
    return new ReplyStream(send, address.stored() ? jobs.open() : null, streamed);
  }

  /** Asked before an answer, since a producer that meets an unknown topic makes all others wait. */
  private int partitions(String topic) {
    Integer count = known.get(topic);
    if (count == null) {
      count = topics.partitions(topic);
      outbox.warmUp(topic);
      known.put(topic, count);
    }
    return count;
  }

  private CompletableFuture<RecordPlace> send(
      RecordStream records,
      ReplyAddress to,
      Echo echo,
      Reply reply,
      @Nullable Consumer<Reply> reader) {
    Supplier<ProducerRecord<String, byte[]>> record = () -> record(to, echo, reply);
    CompletableFuture<RecordPlace> stored =
        reader == null
            ? records.send(record)
            : records.tellAndSend(() -> reader.accept(reply), record, reply.isLast());
    return watched(to, stored);
  }

  private static ProducerRecord<String, byte[]> record(ReplyAddress to, Echo echo, Reply reply) {
    String key = to.keyFor(reply.id());
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(to.topic(), to.partition(), key, Wire.encode(reply, echo));
    if (echo.traceparent() != null) {
      byte[] trace = echo.traceparent().getBytes(StandardCharsets.US_ASCII);
      record.headers().add(Echo.TRACE_HEADER, trace);
    }
    return record;
  }

  private CompletableFuture<RecordPlace> watched(
      ReplyAddress to, CompletableFuture<RecordPlace> stored) {
    long begin = System.nanoTime();
    return stored.whenComplete(
        (done, error) -> {
          if (error == null) {
            storeTime.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
          } else {
            known.remove(to.topic());
          }
        });
  }
}
