package io.millrace.worker.reply;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.Wire;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Brings replies to the topic and partition that each request names. */
public final class ReplySender {
  private final Outbox outbox;
  private final ReplyTopics topics;

  /**
   * @param admin says which topics exist; stays the caller's to close
   */
  public ReplySender(Outbox outbox, Admin admin) {
    this.outbox = outbox;
    this.topics = new ReplyTopics(admin);
  }

  /**
   * Opens the way back of one answer. May wait for a broker, so it is nothing for the engine's
   * thread.
   *
   * @throws UndeliverableReply if there is no such topic or partition
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  public ReplyStream open(GenerationRequest request) {
    return open(request.reply(), request.stream());
  }

  /** The same for a request of which no more than its address can be read. */
  public ReplyStream open(ReplyAddress address) {
    return open(address, true);
  }

  private ReplyStream open(ReplyAddress address, boolean streamed) {
    boolean seenBefore = topics.knows(address.topic());
    topics.require(address);
    if (!seenBefore) {
      outbox.warmUp(address.topic());
    }
    return new ReplyStream(reply -> send(address, reply), streamed);
  }

  private CompletableFuture<Void> send(ReplyAddress to, Reply reply) {
    return outbox
        .send(
            () -> new ProducerRecord<>(to.topic(), to.partition(), reply.id(), Wire.encode(reply)))
        .whenComplete(
            (stored, error) -> {
              if (error != null) {
                topics.forget(to.topic());
              }
            });
  }
}
