package io.millrace.api.answer;

import io.millrace.api.error.ErrorBody;
import io.millrace.api.error.RequestFailed;
import io.millrace.api.exchange.StreamCut;
import io.millrace.protocol.FailureKind;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lines of one event stream: its events, and comments between them that bring the head of the
 * response to the client and keep proxies from closing a connection that waits. A failure before
 * the first line is the response's own, with a status; a later one is the last event, but for
 * {@link StreamCut}, which is passed on. For one subscriber.
 */
final class StreamLines {
  /** No empty line follows: clients that know ids take one for an event without data. */
  static final String PING = ": ping\n";

  /** The same while the model has no worker. */
  static final String NO_WORKER = ": waiting for a worker\n";

  /** The event after the last one. */
  static final Object DONE = new Object();

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final RequestFailed CUT =
      new RequestFailed(
          FailureKind.UNAVAILABLE,
          "the stream is cut before its first line: the service stops, another request goes on with"
              + " it, or what is stored of it cannot be read now");

  private enum Beginning {
    LINE,
    FAILURE
  }

  private final StreamSettings settings;
  private final Function<ErrorBody, Object> failure;
  private final Supplier<String> comment;
  private final Sinks.Empty<Void> admitted = Sinks.empty();
  private final Sinks.Empty<Void> over = Sinks.empty();

  /** Whatever came first; null until then. */
  private final AtomicReference<@Nullable Beginning> beginning = new AtomicReference<>();

  /**
   * @param failure what the last event says of a failure
   * @param comment the line that says that the request still waits
   */
  StreamLines(
      StreamSettings settings, Function<ErrorBody, Object> failure, Supplier<String> comment) {
    this.settings = settings;
    this.failure = failure;
    this.comment = comment;
  }

  /** Says that the request waits for its answer: comments come from now on. */
  void admitted() {
    admitted.tryEmitEmpty();
  }

  /** The lines of {@code events}. */
  Flux<String> of(Flux<String> events) {
    Flux<String> told =
        events
            .doOnNext(event -> begin(Beginning.LINE))
            .onErrorResume(this::end)
            .doOnTerminate(over::tryEmitEmpty);
    // What waits for a slow client is joined where it comes from, and not queued here.
    return Flux.merge(1, told, pings());
  }

  private Flux<String> pings() {
    Flux<Long> ticks =
        settings.pingInterval().isZero()
            ? Mono.delay(settings.headDelay()).flux()
            : Flux.interval(settings.headDelay(), settings.pingInterval());
    return admitted
        .asMono()
        .thenMany(Flux.defer(() -> ticks))
        .onBackpressureDrop()
        .filter(tick -> begin(Beginning.LINE))
        .map(tick -> comment.get())
        .takeUntilOther(over.asMono());
  }

  /** Whether the stream began, now or before, in this way. */
  private boolean begin(Beginning with) {
    return beginning.compareAndSet(null, with) || beginning.get() == with;
  }

  private Mono<String> end(Throwable e) {
    if (begin(Beginning.FAILURE)) {
      return Mono.error(e instanceof StreamCut ? CUT : e);
    }
    return e instanceof StreamCut
        ? Mono.error(e)
        : Mono.just(event(failure.apply(ErrorBody.of(e))));
  }

  /** One event. */
  static String event(String id, Object value) {
    return "id: " + id + "\n" + event(value);
  }

  private static String event(Object value) {
    if (value == DONE) {
      return "data: [DONE]\n\n";
    }
    return value instanceof NamedEvent named
        ? "event: " + named.name() + "\n" + event(named.data())
        : "data: " + JSON.writeValueAsString(value) + "\n\n";
  }
}
