package io.millrace.worker.intake;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.IncomingRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.worker.reply.DeadLetters;
import io.millrace.worker.reply.ReplySender;
import io.millrace.worker.reply.ReplyStream;
import io.millrace.worker.reply.UndeliverableReply;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler of requests that slots take: each is answered, refused, or recognised as one that was
 * answered before. Runs on the slots' threads.
 *
 * <p>Whatever it is, the request is accepted only when its last reply, or its dead letter, is
 * stored; and it is released when Kafka would store neither.
 */
final class RequestHandler {
  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);
  private static final int REMEMBERED = 10_000;

  private final RunningAnswers answers;
  private final CancelledIds cancelled;
  private final ReplySender replies;
  private final DeadLetters deadLetters;
  private final IntakeMetrics metrics;
  private final InstantSource clock;
  private final int maxAttempts;
  private final EvictingMap<RecordId, Boolean> finished = new EvictingMap<>(REMEMBERED);

  /**
   * @param maxAttempts deliveries after which a request is not tried again; less than the share
   *     group's delivery limit, past which Kafka drops it without a word
   */
  RequestHandler(
      RunningAnswers answers,
      CancelledIds cancelled,
      ReplySender replies,
      DeadLetters deadLetters,
      IntakeMetrics metrics,
      InstantSource clock,
      int maxAttempts) {
    this.answers = answers;
    this.cancelled = cancelled;
    this.replies = replies;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
    this.clock = clock;
    this.maxAttempts = maxAttempts;
  }

  LeasedTask handle(ConsumerRecord<String, byte[]> record) {
    Delivery delivery = Delivery.of(record);
    if (delivery.attempt() > 1) {
      metrics.redelivered();
    }
    if (finished.get(delivery.id()) != null) {
      metrics.duplicateDropped();
      return LeasedTask.of(CompletableFuture.completedFuture(AcknowledgeType.ACCEPT));
    }
    IncomingRequest incoming =
        IncomingRequest.of(delivery.value(), delivery.id().asRequestId(), delivery.time());
    GenerationRequest request;
    try {
      request = incoming.request();
    } catch (Invalid e) {
      return LeasedTask.of(refuseUnreadable(delivery, incoming, e));
    }
    Optional<LeasedTask> adopted = answers.adopt(request.id());
    if (adopted.isPresent()) {
      log.info("{} is delivered again while it is answered here", request.id());
      metrics.duplicateDropped();
      return adopted.get();
    }
    return admit(delivery, request);
  }

  private LeasedTask admit(Delivery delivery, GenerationRequest request) {
    String cancelReason = cancelled.reason(request.id(), request.createdAt());
    if (cancelReason != null) {
      return refuse(delivery, request, FailureKind.CANCELLED, "cancelled: " + cancelReason, null);
    }
    if (request.expired(clock.instant())) {
      String late = "the deadline %s passed in the queue".formatted(request.deadline());
      return refuse(delivery, request, FailureKind.DEADLINE, late, null);
    }
    if (delivery.attempt() > maxAttempts) {
      return refuse(
          delivery,
          request,
          FailureKind.INTERNAL,
          "the request was given up after %d attempts".formatted(maxAttempts),
          "no attempt came to an end");
    }
    return answer(delivery, request);
  }

  private LeasedTask answer(Delivery delivery, GenerationRequest request) {
    ReplyStream stream;
    try {
      stream = replies.open(request);
    } catch (UndeliverableReply | KafkaException e) {
      return LeasedTask.of(settle(delivery, request.id(), CompletableFuture.failedFuture(e), null));
    }
    log.debug("{} begins, attempt {}", request.id(), delivery.attempt());
    Answer answer = new Answer(request, delivery.attempt(), stream);
    settle(delivery, request.id(), stream.delivered(), answer::defect)
        .thenAccept(answer.outcome()::complete);
    LeasedTask task = answers.start(answer);
    String cancelReason = cancelled.reason(request.id(), request.createdAt());
    if (cancelReason != null) {
      // It came after the first look, and before there was anything to stop.
      answers.cancel(request.id(), cancelReason);
    }
    return task;
  }

  private CompletableFuture<AcknowledgeType> refuseUnreadable(
      Delivery delivery, IncomingRequest request, Invalid reason) {
    String id = request.id();
    ReplyAddress address = request.replyAddress();
    String message = String.valueOf(reason.getMessage());
    Reply.Failed failed =
        new Reply.Failed(id, delivery.attempt(), 0, FailureKind.INVALID, message, reason.param());
    CompletableFuture<Void> told =
        address == null ? CompletableFuture.completedFuture(null) : tell(address, failed);
    return settle(delivery, id, told, () -> message);
  }

  /** Refuses a request; a reason makes it a dead letter, too. */
  private LeasedTask refuse(
      Delivery delivery,
      GenerationRequest request,
      FailureKind kind,
      String message,
      @Nullable String deadLetterReason) {
    log.debug("{} is refused: {}", request.id(), message);
    Reply.Failed failed =
        new Reply.Failed(request.id(), delivery.attempt(), 0, kind, message, null);
    return LeasedTask.of(
        settle(delivery, request.id(), tell(request.reply(), failed), () -> deadLetterReason));
  }

  private CompletableFuture<Void> tell(ReplyAddress address, Reply.Failed failed) {
    try {
      ReplyStream stream = replies.open(address);
      stream.send(failed);
      return stream.delivered();
    } catch (UndeliverableReply | KafkaException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * How a lease ends once its last reply is stored or lost.
   *
   * @param told completed when the last reply is stored
   * @param defect why the request becomes a dead letter all the same, asked when {@code told} is
   *     complete; null for no reason
   */
  private CompletableFuture<AcknowledgeType> settle(
      Delivery delivery,
      String id,
      CompletableFuture<Void> told,
      @Nullable Supplier<@Nullable String> defect) {
    return told.handle((stored, error) -> afterwards(delivery, id, error, defect))
        .thenCompose(Function.identity())
        .handle(
            (stored, error) -> {
              if (error != null) {
                log.warn("{} is given back, its reply could not be stored: {}", id, root(error));
                return AcknowledgeType.RELEASE;
              }
              finished.put(delivery.id(), true);
              return AcknowledgeType.ACCEPT;
            });
  }

  private CompletableFuture<Void> afterwards(
      Delivery delivery,
      String id,
      @Nullable Throwable error,
      @Nullable Supplier<@Nullable String> defect) {
    if (error != null && !UndeliverableReply.isCause(error)) {
      return CompletableFuture.failedFuture(error);
    }
    String reason = defect == null ? null : defect.get();
    if (reason == null && error != null) {
      reason = root(error).getMessage();
    }
    return reason == null
        ? CompletableFuture.completedFuture(null)
        : deadLetters.add(delivery.record(), id, delivery.attempt(), reason);
  }

  private static Throwable root(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }
}
