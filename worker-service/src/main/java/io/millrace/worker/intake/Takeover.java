package io.millrace.worker.intake;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import io.millrace.worker.reply.PriorReplies;
import io.millrace.worker.reply.ReplyHistory;
import io.millrace.worker.reply.UnreadableHistory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The takeover of a request: finds out what earlier attempts at it have told, if there were any,
 * and tells its readers that from now on another one goes on.
 */
final class Takeover {
  private static final Logger log = LoggerFactory.getLogger(Takeover.class);

  private final String worker;
  private final ReplyHistory history;
  private final LeaderEpochs epochs;

  /** After so many deliveries an answer is begun anew if what was told cannot be read. */
  private final int patientDeliveries;

  private final int maxAttempts;

  /**
   * One attempt at a request.
   *
   * @param number higher than those of all attempts before
   * @param prior what these have told
   * @param oneTooMany whether so many have brought nothing that this one had better not be made
   */
  record Attempt(int number, PriorOutput prior, boolean oneTooMany) {}

  Takeover(
      String worker,
      ReplyHistory history,
      LeaderEpochs epochs,
      int patientDeliveries,
      int maxAttempts) {
    this.worker = worker;
    this.history = history;
    this.epochs = epochs;
    this.patientDeliveries = patientDeliveries;
    this.maxAttempts = maxAttempts;
  }

  /**
   * Of how many workers each may begin a request and bring nothing. Deliveries do not count: most
   * of those that Kafka counts while a broker comes and goes reach no worker at all.
   */
  int maxAttempts() {
    return maxAttempts;
  }

  /**
   * The number of an attempt that begins with a delivery: those deliveries counted, too, that Kafka
   * may have forgotten.
   *
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  int number(Delivery delivery) {
    return delivery.attempt() + epochs.changesSince(delivery.record());
  }

  /**
   * Begins an attempt with its {@link Reply.Accepted}. Waits for Kafka if it is not the first.
   *
   * @throws UnreadableHistory if another worker, or another time, may do better
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  Attempt begin(Answer answer, long queuedMillis) {
    int number = number(answer.delivery());
    if (number == 1) {
      answer.replies().send(accepted(answer, number, queuedMillis));
      return new Attempt(number, PriorOutput.NONE, false);
    }
    Delivery delivery = answer.delivery();
    PriorReplies replies = before(answer, delivery, number, queuedMillis);
    while (replies.output().attempt() >= number) {
      number = replies.output().attempt() + 1;
      replies = before(answer, delivery, number, queuedMillis);
    }
    answer.replies().goOn(replies);
    PriorOutput prior = replies.output();
    log.warn("{} was begun before, attempt {} goes on with it", answer.id(), number);
    return new Attempt(
        number,
        answer.request().stream() ? prior : withoutText(prior),
        replies.vainAttempts() >= maxAttempts);
  }

  /**
   * Has a running answer go on as another attempt, unless one of another worker has begun since.
   * Waits for Kafka.
   *
   * @param delivery the new one
   * @param number of the attempt that it is
   * @return whether the answer goes on
   */
  boolean goOn(Answer answer, Delivery delivery, int number) {
    int told = before(answer, delivery, number, 0).output().attempt();
    return told == answer.attempt();
  }

  private PriorReplies before(Answer answer, Delivery delivery, int number, long queuedMillis) {
    GenerationRequest request = answer.request();
    Reply.Accepted accepted = accepted(answer, number, queuedMillis);
    try {
      return history.before(accepted, request.reply(), delivery.time(), answer.replies());
    } catch (UnreadableHistory e) {
      if (delivery.attempt() <= patientDeliveries) {
        throw e;
      }
      log.warn("{} is begun anew: {}", answer.id(), e.getMessage());
      return PriorReplies.NONE;
    }
  }

  /** Of an answer that is told in one piece nothing was told but its end. */
  private static PriorOutput withoutText(PriorOutput prior) {
    return new PriorOutput(
        prior.attempt(), prior.ended(), PriorOutput.NONE.choices(), PriorOutput.NONE.prompts());
  }

  private Reply.Accepted accepted(Answer answer, int attempt, long queuedMillis) {
    String source = answer.record().place();
    return new Reply.Accepted(answer.id(), attempt, worker, source, queuedMillis);
  }
}
