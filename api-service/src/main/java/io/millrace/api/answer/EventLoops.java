package io.millrace.api.answer;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The threads on which connections are written.
 *
 * <p>Pieces that are flushed one by one have to come from there: Reactor Netty puts each together
 * with a mark to flush by {@code concatWith}, and asks for more on its own thread. If a piece comes
 * from another one at that moment, {@code FluxConcatArray} (Reactor 3.8.8) may pass what was asked
 * for to the piece that has ended, so that the mark never comes, and the response stands still for
 * good.
 */
final class EventLoops {
  private EventLoops() {}

  /** The thread of a response's connection. */
  static Scheduler of(ServerHttpResponse response) {
    HttpServerResponse own = ServerHttpResponseDecorator.getNativeResponse(response);
    AtomicReference<Scheduler> found = new AtomicReference<>(Schedulers.immediate());
    own.withConnection(it -> found.set(Schedulers.fromExecutor(it.channel().eventLoop())));
    return Objects.requireNonNull(found.get());
  }
}
