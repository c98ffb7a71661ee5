package io.millrace.worker.intake;

import io.millrace.engine.RequestTimes;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Reply;
import io.millrace.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.jspecify.annotations.Nullable;

/**
 * The span of one attempt at a request, from its delivery to a worker until its last reply is
 * stored; and in it, of an answer that comes to its end, a span for each phase: queue, prefill,
 * decode, deliver.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">GenAI spans</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/messaging/kafka/">Spans of Kafka</a>
 */
final class AnswerSpan {
  private static final AttributeKey<List<String>> REASONS =
      AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

  private final Tracing tracing;
  private final InstantSource clock;
  private final Instant queuedAt;
  private final Span span;

  // Guarded by this: Kafka may have the last reply before the engine tells the times.
  private @Nullable Instant decodedAt;
  private @Nullable Instant storedAt;

  private AnswerSpan(Tracing tracing, InstantSource clock, Instant queuedAt, Span span) {
    this.tracing = tracing;
    this.clock = clock;
    this.queuedAt = queuedAt;
    this.span = span;
  }

  /** Begins one, in the trace of the request if it has one. */
  static AnswerSpan begin(
      Tracing tracing, InstantSource clock, Delivery delivery, GenerationRequest request) {
    RecordId record = delivery.id();
    SpanBuilder builder =
        tracing
            .span("process " + record.topic(), SpanKind.CONSUMER, request.echo().traceparent())
            .setAttribute("messaging.system", "kafka")
            .setAttribute("messaging.operation.type", "process")
            .setAttribute("messaging.destination.name", record.topic())
            .setAttribute("messaging.destination.partition.id", "" + record.partition())
            .setAttribute("messaging.kafka.offset", record.offset())
            .setAttribute("gen_ai.operation.name", operation(request))
            .setAttribute("gen_ai.request.model", request.model())
            .setAttribute("millrace.request.id", request.id())
            .setAttribute("millrace.attempt", delivery.attempt());
    set(builder, "gen_ai.request.temperature", request.sampling().temperature());
    set(builder, "gen_ai.request.top_p", request.sampling().topP());
    set(builder, "gen_ai.request.max_tokens", request.stop().maxTokens());
    return new AnswerSpan(tracing, clock, delivery.time(), builder.startSpan());
  }

  private static String operation(GenerationRequest request) {
    return request
        .prompt()
        .each()
        .get(0)
        .match(text -> "text_completion", tokens -> "text_completion", chat -> "chat");
  }

  private static void set(SpanBuilder builder, String key, @Nullable Double value) {
    if (value != null) {
      builder.setAttribute(key, value);
    }
  }

  private static void set(SpanBuilder builder, String key, @Nullable Integer value) {
    if (value != null) {
      builder.setAttribute(key, value);
    }
  }

  /** Takes note of the phases of an answer that ends now. */
  synchronized void timed(RequestTimes times) {
    Instant decoded = storedAt == null ? clock.instant() : storedAt;
    Instant first = decoded.minus(times.decode());
    Instant begun = first.minus(times.prefill());
    // By another clock than this one's.
    phase("queue", queuedAt.isBefore(begun) ? queuedAt : begun, begun);
    phase("prefill", begun, first);
    phase("decode", first, decoded);
    decodedAt = decoded;
    deliver();
  }

  private void deliver() {
    if (decodedAt != null && storedAt != null) {
      phase("deliver", decodedAt, storedAt);
    }
  }

  private void phase(String name, Instant from, Instant to) {
    tracing.span(name, span).setStartTimestamp(from).startSpan().end(to);
  }

  /**
   * Ends it.
   *
   * @param last the last reply; null if there is none
   */
  synchronized void end(@Nullable Reply last, AcknowledgeType how) {
    storedAt = clock.instant();
    deliver();
    if (how != AcknowledgeType.ACCEPT) {
      span.setStatus(StatusCode.ERROR, "given back");
    } else if (last != null) {
      last.handle(begun -> {}, delta -> {}, this::finished, failed -> failed(failed.kind()));
    }
    span.end();
  }

  private void finished(Reply.Finished finished) {
    span.setAttribute(REASONS, List.of(finished.reason().label()));
    span.setAttribute("gen_ai.usage.input_tokens", finished.usage().promptTokens());
    span.setAttribute("gen_ai.usage.output_tokens", finished.usage().completionTokens());
  }

  private void failed(FailureKind kind) {
    span.setAttribute("error.type", kind.label());
    if (kind.status() >= RequestLog.FIRST_SERVER_ERROR) {
      span.setStatus(StatusCode.ERROR);
    }
  }
}
