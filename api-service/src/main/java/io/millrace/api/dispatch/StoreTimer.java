package io.millrace.api.dispatch;

import io.micrometer.core.instrument.Timer;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.RecordPlace;
import io.millrace.trace.Tracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * The time that Kafka takes to have a request, retries included: in a meter, and as a span of the
 * request's trace.
 */
public final class StoreTimer {
  private final Timer timer;
  private final Tracing tracing;

  /**
   * @param timer of those that were stored
   */
  public StoreTimer(Timer timer, Tracing tracing) {
    this.timer = timer;
    this.tracing = tracing;
  }

  /**
   * Stores a request once subscribed.
   *
   * @param ownTrace whether a traced one begins a trace of its own, which names that of its asker
   * @param store takes the request as the trace goes on with it
   */
  Mono<RecordPlace> time(
      String topic,
      GenerationRequest request,
      boolean ownTrace,
      Function<GenerationRequest, Mono<RecordPlace>> store) {
    return Mono.defer(
        () -> {
          Timer.Sample begin = Timer.start();
          Span span = span(topic, request, ownTrace);
          GenerationRequest traced = request.withEcho(request.echo().within(Tracing.header(span)));
          return store
              .apply(traced)
              .doOnSuccess(place -> begin.stop(timer))
              .doFinally(end -> span.end());
        });
  }

  /** Of a request that belongs to no trace there is none. */
  private Span span(String topic, GenerationRequest request, boolean ownTrace) {
    String asker = request.echo().traceparent();
    if (asker == null) {
      return Span.getInvalid();
    }
    String name = "send " + topic;
    SpanBuilder span =
        ownTrace
            ? tracing.linkedSpan(name, SpanKind.PRODUCER, asker)
            : tracing.span(name, SpanKind.PRODUCER, asker);
    return span.setAttribute("messaging.system", "kafka")
        .setAttribute("messaging.operation.type", "send")
        .setAttribute("messaging.destination.name", topic)
        .setAttribute("messaging.kafka.message.key", request.id())
        .startSpan();
  }
}
