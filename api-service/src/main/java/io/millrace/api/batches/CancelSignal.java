package io.millrace.api.batches;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The word that nobody wants the rest of a batch any more. */
final class CancelSignal {
  private final Sinks.Empty<Void> sink = Sinks.empty();
  private volatile boolean given;

  void give() {
    given = true;
    sink.tryEmitEmpty();
  }

  boolean isGiven() {
    return given;
  }

  /** Completes when it is given. */
  Mono<Void> await() {
    return sink.asMono();
  }
}
