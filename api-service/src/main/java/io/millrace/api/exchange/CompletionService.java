package io.millrace.api.exchange;

import io.millrace.api.dispatch.RequestDispatcher;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Reply;
import io.millrace.protocol.SamplingParams;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

/** The asker of questions: puts each to the workers and follows it to its one end. */
public final class CompletionService {
  private static final Logger log = LoggerFactory.getLogger(CompletionService.class);

  /** Seeds stay exact in every JSON reader, those with doubles only included. */
  private static final long SEED_BOUND = 1L << 53;

  private final Exchanges exchanges;
  private final RequestDispatcher dispatcher;
  private final AnswerTimeouts timeouts;

  public CompletionService(
      Exchanges exchanges, RequestDispatcher dispatcher, AnswerTimeouts timeouts) {
    this.exchanges = exchanges;
    this.dispatcher = dispatcher;
    this.timeouts = timeouts;
  }

  /**
   * Asks once subscribed: {@link Reply.Delta}s, then a {@link Reply.Finished}, or a {@link
   * RequestFailed}. A subscriber that goes takes the question back.
   *
   * @param asker has a unique id, which clients see, and hears what becomes of the request
   */
  public Flux<Reply> ask(RequestMetrics asker, Question question) {
    return ask(asker, question, () -> {});
  }

  /**
   * The same.
   *
   * @param admitted runs once the queue has the question, unless the answer is there before
   */
  public Flux<Reply> ask(RequestMetrics asker, Question question, Runnable admitted) {
    return Flux.defer(() -> follow(asker, request(asker.id(), question), admitted))
        .doOnError(RequestFailed.class, e -> asker.failed(e.kind()));
  }

  private Flux<Reply> follow(RequestMetrics asker, GenerationRequest request, Runnable admitted) {
    Exchange exchange = exchanges.open(request.id(), request.stream(), asker);
    Disposable deadline =
        AnswerDeadline.of(exchange, request.stream(), timeouts, Schedulers.parallel());
    Disposable sending =
        dispatcher
            .send(request)
            .subscribe(sent -> {}, e -> exchange.fail(unsent(request, e)), admitted);
    return exchange
        .replies()
        .doFinally(
            end -> {
              deadline.dispose();
              sending.dispose();
              close(exchange, end, asker);
            });
  }

  private void close(Exchange exchange, SignalType end, RequestMetrics asker) {
    // Until its cancel is under way it is seen to be open.
    if (!exchange.answered()) {
      takeBack(exchange, end, asker);
    }
    exchanges.close(exchange);
  }

  private void takeBack(Exchange exchange, SignalType end, RequestMetrics asker) {
    String why = "given up";
    if (end == SignalType.CANCEL) {
      why = "client left";
      asker.failed(FailureKind.CANCELLED);
    }
    log.debug("{} cancelled: {}", exchange.id(), why);
    dispatcher.cancel(exchange.id(), why);
  }

  private static RequestFailed unsent(GenerationRequest request, Throwable e) {
    if (e instanceof RequestFailed failure) {
      return failure;
    }
    log.error("{} could not be sent", request.id(), e);
    return new RequestFailed(FailureKind.INTERNAL, "the request could not be sent");
  }

  private GenerationRequest request(String id, Question question) {
    Instant now = Instant.now();
    return new GenerationRequest(
        id,
        question.model(),
        question.prompt(),
        question.tokenizing(),
        question.prompt().each().size() == 1 ? seeded(question.sampling()) : question.sampling(),
        question.stop(),
        question.output(),
        question.format(),
        question.stream(),
        now,
        now.plus(timeouts.all(question.stream())),
        dispatcher.replyAddress());
  }

  /**
   * A request that starts again on another worker must draw the same numbers. Those of a batch are
   * drawn by its id, each prompt's apart.
   */
  private static SamplingParams seeded(SamplingParams sampling) {
    return sampling.seed() != null
        ? sampling
        : sampling.withSeed(ThreadLocalRandom.current().nextLong(SEED_BOUND));
  }
}
