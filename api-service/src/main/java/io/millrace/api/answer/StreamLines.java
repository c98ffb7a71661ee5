package io.millrace.api.answer;

import io.millrace.api.error.ErrorBody;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lines of one event stream: its events, and comments between them that bring the head of the
 * response to the client and keep proxies from closing a connection that waits. A failure before
 * the first line is the response's own, with a status; a later one is the last event. For one
 * subscriber.
 */
final class StreamLines {
  static final String PING = ": ping\n\n";
  static final String DONE = "data: [DONE]\n\n";

  private static final JsonMapper JSON = JsonMapper.shared();

  private enum Beginning {
    LINE,
    FAILURE
  }

  private final StreamSettings settings;
  private final Function<ErrorBody, Object> failure;
  private final Sinks.Empty<Void> admitted = Sinks.empty();
  private final Sinks.Empty<Void> over = Sinks.empty();

  /** Whatever came first; null until then. */
  private final AtomicReference<@Nullable Beginning> beginning = new AtomicReference<>();

  /**
   * @param failure what the last event says of a failure
   */
  StreamLines(StreamSettings settings, Function<ErrorBody, Object> failure) {
    this.settings = settings;
    this.failure = failure;
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
            .onErrorResume(e -> begin(Beginning.FAILURE) ? Mono.error(e) : Mono.just(lastEvent(e)))
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
        .map(tick -> PING)
        .takeUntilOther(over.asMono());
  }

  /** Whether the stream began, now or before, in this way. */
  private boolean begin(Beginning with) {
    return beginning.compareAndSet(null, with) || beginning.get() == with;
  }

  private String lastEvent(Throwable e) {
    return event(failure.apply(ErrorBody.of(e)));
  }

  /** One event. */
  static String event(Object value) {
    return value instanceof NamedEvent named
        ? "event: " + named.name() + "\n" + event(named.data())
        : "data: " + JSON.writeValueAsString(value) + "\n\n";
  }
}
