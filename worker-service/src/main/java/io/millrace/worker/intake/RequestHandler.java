package io.millrace.worker.intake;

import io.millrace.protocol.Echo;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.IncomingRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Problem;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestDefaults;
import io.millrace.protocol.TopicNames;
import io.millrace.trace.Tracing;
import io.millrace.worker.reply.DeadLetters;
import io.millrace.worker.reply.ReplySender;
import io.millrace.worker.reply.ReplyStream;
import io.millrace.worker.reply.UndeliverableReply;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler of requests that are taken: each is answered, refused, or recognised as one that was
 * answered before. Runs on the threads of those who take them, or on threads of their own, and may
 * wait for Kafka there.
 *
 * <p>Whatever it is, the request is accepted only when its last reply, or its dead letter, is
 * stored; and it is released when Kafka would store neither.
 */
final class RequestHandler {
  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);
  private static final int REMEMBERED = 10_000;
  private static final int SHOWN_CHARACTERS = 64;
  private static final int LARGE_BYTES = 256 * 1024;

  /** While parsed, a record takes many times the room of its text: large ones take turns. */
  private final Object largeRecords = new Object();

  private final TopicNames topics;
  private final String model;
  private final RunningAnswers answers;
  private final CancelledIds cancelled;
  private final AnswerReaders readers;
  private final ReplySender replies;
  private final DeadLetters deadLetters;
  private final IntakeMetrics metrics;
  private final InstantSource clock;
  private final Tracing tracing;
  private final int maxDeliveries;

  /** Whose askers, and dead letters, need not be written to again. */
  private final EvictingMap<RecordId, Boolean> refused = new EvictingMap<>(REMEMBERED);

  /**
   * @param model the served name
   * @param maxDeliveries deliveries after which a request is not read again; less than the share
   *     group's delivery limit, past which Kafka drops it without a word
   */
  RequestHandler(
      TopicNames topics,
      String model,
      RunningAnswers answers,
      CancelledIds cancelled,
      AnswerReaders readers,
      ReplySender replies,
      DeadLetters deadLetters,
      IntakeMetrics metrics,
      InstantSource clock,
      Tracing tracing,
      int maxDeliveries) {
    this.topics = topics;
    this.model = model;
    this.answers = answers;
    this.cancelled = cancelled;
    this.readers = readers;
    this.replies = replies;
    this.deadLetters = deadLetters;
    this.metrics = metrics;
    this.clock = clock;
    this.tracing = tracing;
    this.maxDeliveries = maxDeliveries;
  }

  LeasedTask handle(Delivery delivery) {
    if (delivery.attempt() > 1) {
      metrics.redelivered();
      log.warn("{} is delivered again, attempt {}", delivery.id(), delivery.attempt());
    }
    if (refused.get(delivery.id()) != null) {
      metrics.duplicateDropped();
      return LeasedTask.of(CompletableFuture.completedFuture(AcknowledgeType.ACCEPT));
    }
    Optional<LeasedTask> adopted = answers.adopt(delivery);
    if (adopted.isPresent()) {
      log.warn("{} is delivered again while it is answered here", delivery.id());
      metrics.duplicateDropped();
      return adopted.get();
    }
    return delivery.attempt() > maxDeliveries ? giveUp(delivery) : read(delivery);
  }

  /** The record may be what ended the workers, so it is not read once more. */
  private LeasedTask giveUp(Delivery delivery) {
    String message = "the request was given up after %d deliveries".formatted(maxDeliveries);
    IncomingRequest request =
        IncomingRequest.unreadable(
            delivery.value(), delivery.defaults(topics), new Invalid(null, message));
    return refuse(delivery, request, new Problem(FailureKind.INTERNAL, message, null), message);
  }

  private LeasedTask read(Delivery delivery) {
    IncomingRequest incoming = parse(delivery);
    try {
      return admit(delivery, incoming, incoming.request());
    } catch (Invalid e) {
      String message = String.valueOf(e.getMessage());
      Problem problem = new Problem(FailureKind.INVALID, message, e.param());
      return refuse(delivery, incoming, problem, message);
    }
  }

  private IncomingRequest parse(Delivery delivery) {
    byte[] value = delivery.value();
    RequestDefaults defaults = delivery.defaults(topics);
    if (value.length < LARGE_BYTES) {
      return IncomingRequest.of(value, defaults);
    }
    synchronized (largeRecords) {
      return IncomingRequest.of(value, defaults);
    }
  }

  private LeasedTask admit(Delivery delivery, IncomingRequest incoming, GenerationRequest request) {
    if (!request.model().isEmpty() && !request.model().equals(model)) {
      String message =
          "model must be \"%s\", which this topic is for, but is \"%s\""
              .formatted(model, shortened(request.model()));
      return refuse(
          delivery, incoming, new Problem(FailureKind.NOT_FOUND, message, "model"), message);
    }
    if (readers.haveLeft(request, delivery.time())) {
      return refuse(delivery, incoming, Readers.GONE, null);
    }
    String cancelReason = cancelled.reason(request.id(), delivery.time());
    if (cancelReason != null) {
      String message = "cancelled: " + cancelReason;
      return refuse(delivery, incoming, new Problem(FailureKind.CANCELLED, message, null), null);
    }
    if (request.expired(clock.instant())) {
      String late = "the deadline %s passed in the queue".formatted(request.deadline());
      return refuse(delivery, incoming, new Problem(FailureKind.DEADLINE, late, null), null);
    }
    return answer(delivery, request);
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
  }

  private LeasedTask answer(Delivery delivery, GenerationRequest request) {
    ReplyStream stream;
    try {
      stream = replies.open(request);
    } catch (UndeliverableReply | KafkaException e) {
      return ended(delivery, request.id(), null, CompletableFuture.failedFuture(e), null);
    }
    log.debug("{} begins, delivery {}", request.id(), delivery.attempt());
    AnswerSpan span = AnswerSpan.begin(tracing, clock, delivery, request);
    Answer answer = new Answer(delivery, request, stream, span);
    // If it is delivered again all the same, it is for the takeover to find out what was told: the
    // lease may have been lost unseen, and another worker have begun.
    settle(delivery, request.id(), stream.delivered(), answer::defect).thenAccept(answer::end);
    LeasedTask task = answers.start(answer);
    String cancelReason = cancelled.reason(request.id(), delivery.time());
    if (cancelReason != null) {
      // It came after the first look, and before there was anything to stop.
      answers.cancel(request.id(), cancelReason);
    }
    return task;
  }

  /**
   * Refuses a request, and tells its asker if that is known.
   *
   * @param deadLetterReason makes it a dead letter, too; null if it is none
   */
  private LeasedTask refuse(
      Delivery delivery,
      IncomingRequest request,
      Problem problem,
      @Nullable String deadLetterReason) {
    String id = request.id();
    ReplyAddress to = request.replyAddress();
    log.debug("{} is refused: {}", id, problem.message());
    Reply.Failed failed = new Reply.Failed(id, delivery.attempt(), 0, problem);
    CompletableFuture<Void> told =
        to == null ? CompletableFuture.completedFuture(null) : tell(to, request.echo(), failed);
    return ended(delivery, id, failed, told, () -> deadLetterReason);
  }

  /** The task of a request that the engine never has. */
  private LeasedTask ended(
      Delivery delivery,
      String id,
      Reply.@Nullable Failed last,
      CompletableFuture<Void> told,
      @Nullable Supplier<@Nullable String> defect) {
    return LeasedTask.of(
        settle(delivery, id, told, defect)
            .thenApply(
                how -> {
                  if (how == AcknowledgeType.ACCEPT) {
                    refused.put(delivery.id(), true);
                  }
                  RequestLog.ended(id, delivery.attempt(), last, how);
                  return how;
                }));
  }

  private CompletableFuture<Void> tell(ReplyAddress address, Echo echo, Reply.Failed failed) {
    try {
      ReplyStream stream = replies.open(address, echo);
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
                log.warn(
                    "{} is given back, its reply could not be stored: {}",
                    id,
                    UndeliverableReply.unwrapped(error).toString());
                return AcknowledgeType.RELEASE;
              }
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
      reason = UndeliverableReply.unwrapped(error).getMessage();
    }
    return reason == null
        ? CompletableFuture.completedFuture(null)
        : deadLetters.add(delivery.record(), id, delivery.attempt(), reason);
  }
}
