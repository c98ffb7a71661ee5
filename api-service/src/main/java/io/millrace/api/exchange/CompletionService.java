package io.millrace.api.exchange;

import io.millrace.api.admission.Admission;
import io.millrace.api.admission.AdmissionQueue;
import io.millrace.api.admission.AdmissionRequest;
import io.millrace.api.dispatch.ReplyLog;
import io.millrace.api.dispatch.ReplyPlace;
import io.millrace.api.dispatch.RequestDispatcher;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.metrics.RequestMetrics;
import io.millrace.kafka.FollowedReplies;
import io.millrace.kafka.MissingReplies;
import io.millrace.protocol.Echo;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ServiceTier;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

/** The asker of questions: puts each to the workers and follows it to its one end. */
public final class CompletionService {
  private static final Logger log = LoggerFactory.getLogger(CompletionService.class);

  /** Seeds stay exact in every JSON reader, those with doubles only included. */
  private static final long SEED_BOUND = 1L << 53;

  /** The part of the places in which requests may wait for models that may never come back. */
  private static final int PART_FOR_UNSERVED = 4;

  /** After which room for prompts may be free again, while nobody can say when. */
  private static final Duration FULL_ROOM = Duration.ofSeconds(5);

  private final String configuredModel;
  private final Exchanges exchanges;
  private final RequestDispatcher dispatcher;
  private final ReplyLog replyLog;
  private final AnswerTimeouts timeouts;
  private final Duration resumeTimeout;
  private final Admission admission;
  private final AdmissionQueue admissionQueue;

  /**
   * @param configuredModel the api's own
   * @param resumeTimeout how long a stream whose client is lost goes on for one that resumes it;
   *     zero for not at all
   */
  public CompletionService(
      String configuredModel,
      Exchanges exchanges,
      RequestDispatcher dispatcher,
      ReplyLog replyLog,
      AnswerTimeouts timeouts,
      Duration resumeTimeout,
      Admission admission,
      AdmissionQueue admissionQueue) {
    this.configuredModel = configuredModel;
    this.exchanges = exchanges;
    this.dispatcher = dispatcher;
    this.replyLog = replyLog;
    this.timeouts = timeouts;
    this.resumeTimeout = resumeTimeout;
    this.admission = admission;
    this.admissionQueue = admissionQueue;
  }

  /** Whether a worker of a model lives; a question to another one waits for one to come. */
  public boolean isServed(String model) {
    return admission.isServed(model);
  }

  /** Where the replies to a question that is asked from now on begin, at the earliest. */
  public ReplyPlace place() {
    return replyLog.next();
  }

  /**
   * Asks once subscribed: {@link Reply.Delta}s, then a {@link Reply.Finished}, or a {@link
   * RequestFailed}. A subscriber that goes takes the question back.
   *
   * @param asker has a unique id, which clients see, and hears what becomes of the request
   */
  public Flux<Reply> ask(RequestMetrics asker, Question question) {
    return Flux.defer(() -> ask(asker, question, false, () -> {}))
        .concatMapIterable(batch -> batch)
        .doOnError(RequestFailed.class, e -> asker.failed(e.kind()));
  }

  /**
   * The same piece by piece: batches of {@link Reply.Delta}s, then one of a {@link Reply.Finished}.
   * A subscriber that goes may be followed by another one, see {@link #resume}.
   *
   * @param listener is told where the question is, unless the answer is there before
   */
  public Flux<List<Reply>> stream(RequestMetrics asker, Question question, QueueListener listener) {
    return Flux.defer(() -> ask(asker, question, !resumeTimeout.isZero(), listener))
        .doOnError(RequestFailed.class, e -> asker.failed(e.kind()));
  }

  private Flux<List<Reply>> ask(
      RequestMetrics asker, Question question, boolean resumable, QueueListener listener) {
    GenerationRequest request = request(asker, question);
    if (takesTurns(question)) {
      admission.check(question.model(), asker.tenant(), timeouts.begin(question.stream()));
    }
    if (isGone(question.model())) {
      requirePlace(question.model());
    }
    Exchange exchange = open(asker, question);
    if (!isServed(question.model())) {
      log.info("{} waits for a worker of {}, none of which lives", asker.id(), question.model());
    }
    AdmissionQueue.Ticket ticket = enter(exchange, asker, question);
    if (resumable) {
      exchange.letResume();
    }
    if (!ticket.isAdmitted()) {
      listener.waits();
    }
    Mono<Void> admitted =
        ticket
            .admitted()
            .onErrorMap(
                RequestFailed.class,
                e -> admission.full(e, question.model(), asker.tenant(), FULL_ROOM));
    Mono<Void> sent =
        // One that has waited is let in by a thread that must not do its sending.
        (ticket.isAdmitted() ? admitted : admitted.publishOn(Schedulers.boundedElastic()))
            .then(Mono.fromRunnable(exchange::enqueue))
            .then(dispatcher.send(request));
    return follow(exchange, asker, () -> when(sent, exchange, listener::queued), request.stream())
        .doFinally(end -> ticket.leave(asker.totalTokens()));
  }

  /** Whether it is a model beside the api's own that nobody serves any more. */
  private boolean isGone(String model) {
    return !model.equals(configuredModel) && !isServed(model);
  }

  /** Whoever goes on asking for a model that has been given up must not take others' places. */
  private void requirePlace(String model) {
    int most = Math.max(1, exchanges.mostWaiting() / PART_FOR_UNSERVED);
    if (exchanges.numWaiting(this::isGone) >= most) {
      throw new RequestFailed(
          FailureKind.OVERLOADED,
          "the places for requests to models whose workers are gone, such as \"%s\", are taken (%d); try again later"
              .formatted(Excerpt.of(model), most));
    }
  }

  /** What takes idle capacity alone takes no turn of others, and knows not how long it waits. */
  private static boolean takesTurns(Question question) {
    return question.scheduling().tier() != ServiceTier.FLEX;
  }

  private Exchange open(RequestMetrics asker, Question question) {
    String model = question.model();
    try {
      return exchanges.open(
          asker.id(),
          question.stream(),
          asker,
          () -> admissionQueue.makeRoom(model, asker.tenant()));
    } catch (RequestFailed e) {
      if (e.kind() != FailureKind.OVERLOADED) {
        throw e;
      }
      Duration oldest = Duration.ofNanos(exchanges.oldestWaiting());
      Duration left = timeouts.begin(question.stream()).minus(oldest);
      throw admission.full(e, model, asker.tenant(), left);
    }
  }

  private AdmissionQueue.Ticket enter(Exchange exchange, RequestMetrics asker, Question question) {
    TokenEstimate cost = TokenEstimate.of(question);
    AdmissionRequest request =
        new AdmissionRequest(
            asker.tenant(),
            question.model(),
            question.scheduling().rank(),
            takesTurns(question),
            cost.likelyTokens(),
            cost.characters());
    try {
      AdmissionQueue.Ticket ticket = admissionQueue.enter(request);
      exchange.whenItStarts(ticket::started);
      return ticket;
    } catch (RequestFailed full) {
      exchanges.close(exchange);
      throw admission.full(full, question.model(), asker.tenant(), FULL_ROOM);
    }
  }

  /**
   * Goes on with a stream that this process or another one has begun: all of its replies, from the
   * first on. Fails with {@link io.millrace.kafka.MissingReplies} where there are none.
   *
   * @param id of the request
   * @param from where its replies begin
   * @param had what the client has had of them
   * @param admitted runs once workers know who reads the answer now
   */
  public Flux<List<Reply>> resume(
      RequestMetrics asker, String id, ReplyPlace from, AnswerPosition had, Runnable admitted) {
    return Flux.defer(() -> goOn(asker, id, from, had, admitted))
        .doOnError(RequestFailed.class, e -> asker.failed(e.kind()));
  }

  private Flux<List<Reply>> goOn(
      RequestMetrics asker, String id, ReplyPlace from, AnswerPosition had, Runnable admitted) {
    boolean mayWait = had.equals(AnswerPosition.NOTHING) || exchanges.isOpen(id);
    Exchange exchange = exchanges.resume(id, asker, had);
    asker.resumes(id);
    if (!resumeTimeout.isZero()) {
      exchange.letResume();
    }
    return follow(exchange, asker, () -> read(exchange, from, mayWait, admitted), true);
  }

  /**
   * Reads the replies to a request.
   *
   * @param mayWait whether there may be none yet
   */
  private Disposable read(Exchange exchange, ReplyPlace from, boolean mayWait, Runnable admitted) {
    FollowedReplies replies = replyLog.follow(exchange.id(), from, exchange::follow);
    replies
        .caughtUp()
        .thenRun(
            () -> {
              if (!mayWait && !exchange.started()) {
                exchange.fail(unknown(exchange.id()));
              }
            });
    Mono<Void> found = Mono.fromFuture(ReplyLog.told(replies.started()), true);
    Disposable announced =
        found
            .and(dispatcher.resume(exchange.id()))
            .subscribe(nothing -> {}, e -> notResumed(exchange, e), admitted);
    return Disposables.composite(announced, replies::close);
  }

  /** What its client has heard meanwhile, and what it hears now, must not be taken for the end. */
  private static void notResumed(Exchange exchange, Throwable e) {
    if (isPassing(e)) {
      exchange.putOff();
    } else {
      exchange.fail(undone(exchange.id(), e));
    }
  }

  private static boolean isPassing(Throwable e) {
    return e instanceof RequestFailed failed && failed.kind() == FailureKind.UNAVAILABLE;
  }

  private static RequestFailed unknown(String id) {
    return new RequestFailed(
        FailureKind.NOT_FOUND, "there are no replies to request %s".formatted(id));
  }

  /** Does something once that is done; fails the exchange if it cannot be. */
  private static Disposable when(Mono<Void> done, Exchange exchange, Runnable then) {
    return done.subscribe(nothing -> {}, e -> exchange.fail(undone(exchange.id(), e)), then);
  }

  private Flux<List<Reply>> follow(
      Exchange exchange, RequestMetrics asker, Supplier<Disposable> begin, boolean streamed) {
    Disposable deadline =
        AnswerDeadline.of(
            exchange,
            streamed,
            timeouts,
            Schedulers.parallel(),
            () -> admission.ifUnserved(asker.model()));
    Disposable source = begin.get();
    return exchange
        .batches()
        .doFinally(
            end -> {
              deadline.dispose();
              source.dispose();
              close(exchange, end, asker);
            });
  }

  private void close(Exchange exchange, SignalType end, RequestMetrics asker) {
    boolean lost = end == SignalType.CANCEL || exchange.isCut();
    if (lost && !exchange.answered()) {
      asker.failed(FailureKind.CANCELLED);
    }
    boolean over = exchange.answered() || exchange.passedOn() || !exchange.isQueued();
    if (lost && exchange.resumable() && !over) {
      String why = "client left and did not come back";
      Schedulers.parallel()
          .schedule(() -> takeBack(exchange, why), resumeTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } else {
      takeBack(exchange, lost ? "client left" : "given up");
    }
  }

  /** Ends an exchange. Until its cancel is under way it is seen to be open. */
  private void takeBack(Exchange exchange, String why) {
    if (exchange.isQueued() && !exchange.answered() && !exchange.passedOn()) {
      log.debug("{} cancelled: {}", exchange.id(), why);
      dispatcher.cancel(exchange.id(), why);
    }
    exchanges.close(exchange);
  }

  private static RuntimeException undone(String id, Throwable e) {
    if (e instanceof RequestFailed || e instanceof MissingReplies) {
      return (RuntimeException) e;
    }
    log.error("{} could not be sent", id, e);
    return new RequestFailed(FailureKind.INTERNAL, "the request could not be sent");
  }

  private GenerationRequest request(RequestMetrics asker, Question question) {
    Instant now = Instant.now();
    return question
        .request(
            asker.id(),
            ThreadLocalRandom.current().nextLong(SEED_BOUND),
            question.stream(),
            now,
            now.plus(timeouts.all(question.stream())),
            dispatcher.replyAddress())
        .withEcho(Echo.ofTrace(asker.traceparent()));
  }
}
