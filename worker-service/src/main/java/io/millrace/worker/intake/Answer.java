package io.millrace.worker.intake;

import io.millrace.engine.AnswerListener;
import io.millrace.engine.RequestTimes;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Reply;
import io.millrace.worker.reply.ReplyStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.jspecify.annotations.Nullable;

/**
 * One request while the engine answers it. Takes the engine's replies, on the engine's thread, and
 * passes them on; replaces the engine's word {@code CANCELLED} where the reason was another.
 */
final class Answer implements AnswerListener {
  private final Delivery delivery;
  private final GenerationRequest request;
  private final ReplyStream replies;
  private final AnswerSpan span;
  private final CompletableFuture<AcknowledgeType> outcome = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile int attempt;

  /** As its asker is told; null before. */
  private volatile @Nullable Reply last;

  private volatile @Nullable String defect;

  /** What the asker is told in place of the engine's {@code CANCELLED}; null for that. */
  private volatile @Nullable Problem cause;

  private volatile boolean abandoned;

  /**
   * @param delivery of the record that asked
   * @param span ends with the answer
   */
  Answer(Delivery delivery, GenerationRequest request, ReplyStream replies, AnswerSpan span) {
    this.span = span;
    this.delivery = delivery;
    this.request = request;
    this.replies = replies;
    this.attempt = delivery.attempt();
  }

  /** Says which attempt at the request it is, those counted that Kafka has forgotten. */
  void begin(int number) {
    attempt = number;
  }

  @Override
  public void accept(Reply reply) {
    if (abandoned) {
      return;
    }
    // The engine may know the request by another id.
    Reply own = reply.id().equals(id()) ? reply : reply.of(id(), reply.attempt());
    if (own.isLast()) {
      last = own;
    }
    own.handle(replies::send, replies::send, replies::send, this::fail);
  }

  @Override
  public void timed(RequestTimes times) {
    span.timed(times);
  }

  private void fail(Reply.Failed failed) {
    switch (failed.kind()) {
      // The engine's trouble, not the request's: another worker answers.
      case UNAVAILABLE -> abandon();
      case CANCELLED -> {
        Problem why = cause;
        Reply.Failed told =
            why == null ? failed : new Reply.Failed(id(), attempt, failed.seq(), why);
        last = told;
        replies.send(told);
      }
      case INTERNAL -> {
        defect = failed.message();
        replies.send(failed);
      }
      default -> replies.send(failed);
    }
  }

  /** Marks the deadline as passed: it is the reason of whatever ends the answer from now on. */
  void expire() {
    String late = "the deadline %s passed before the answer was complete";
    cause = new Problem(FailureKind.DEADLINE, late.formatted(request.deadline()), null);
  }

  /** Marks the reader as gone, in the same way. */
  void leaveUnread() {
    cause = Readers.GONE;
  }

  /** Drops what is still to come: the request is answered elsewhere. */
  void abandon() {
    abandoned = true;
    end(AcknowledgeType.RELEASE);
  }

  /** Ends it, the first time, and tells the log. */
  void end(AcknowledgeType how) {
    if (ended.compareAndSet(false, true)) {
      RequestLog.ended(id(), attempt, last, how);
      span.end(last, how);
      outcome.complete(how);
    }
  }

  /** The defect that ended the answer; null if there was none. */
  @Nullable String defect() {
    return defect;
  }

  Delivery delivery() {
    return delivery;
  }

  /** The record that asked. */
  RecordId record() {
    return delivery.id();
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
