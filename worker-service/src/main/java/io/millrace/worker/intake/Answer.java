package io.millrace.worker.intake;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Reply;
import io.millrace.worker.reply.ReplyStream;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.jspecify.annotations.Nullable;

/**
 * One request while the engine answers it. Takes the engine's replies, on the engine's thread, and
 * passes them on; replaces the engine's word {@code CANCELLED} where the reason was another.
 */
final class Answer implements Consumer<Reply> {
  private final RecordId record;
  private final GenerationRequest request;
  private final int attempt;
  private final ReplyStream replies;
  private final CompletableFuture<AcknowledgeType> outcome = new CompletableFuture<>();
  private volatile @Nullable String defect;
  private volatile boolean expired;
  private volatile boolean abandoned;

  /**
   * @param record which asked
   */
  Answer(RecordId record, GenerationRequest request, int attempt, ReplyStream replies) {
    this.record = record;
    this.request = request;
    this.attempt = attempt;
    this.replies = replies;
  }

  @Override
  public void accept(Reply reply) {
    if (abandoned) {
      return;
    }
    // The engine may know the request by another id.
    Reply own = reply.id().equals(id()) ? reply : reply.withId(id());
    own.handle(replies::send, replies::send, replies::send, this::fail);
  }

  private void fail(Reply.Failed failed) {
    switch (failed.kind()) {
      // The engine's trouble, not the request's: another worker answers.
      case UNAVAILABLE -> abandon();
      case CANCELLED -> replies.send(expired ? deadlinePassed(failed.seq()) : failed);
      case INTERNAL -> {
        defect = failed.message();
        replies.send(failed);
      }
      default -> replies.send(failed);
    }
  }

  /** Marks the deadline as passed: it is the reason of whatever ends the answer from now on. */
  void expire() {
    expired = true;
  }

  /** Drops what is still to come: the request is answered elsewhere. */
  void abandon() {
    abandoned = true;
    outcome.complete(AcknowledgeType.RELEASE);
  }

  /** The defect that ended the answer; null if there was none. */
  @Nullable String defect() {
    return defect;
  }

  private Reply.Failed deadlinePassed(int seq) {
    return new Reply.Failed(
        id(),
        attempt,
        seq,
        FailureKind.DEADLINE,
        "the deadline %s passed before the answer was complete".formatted(request.deadline()),
        null);
  }

  RecordId record() {
    return record;
  }

  String id() {
    return request.id();
  }

  int attempt() {
    return attempt;
  }

  GenerationRequest request() {
    return request;
  }

  ReplyStream replies() {
    return replies;
  }

  CompletableFuture<AcknowledgeType> outcome() {
    return outcome;
  }
}
