package io.millrace.api.metrics;

import io.millrace.protocol.Echo;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Usage;
import io.millrace.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * The span of an HTTP request, from its head to the end of its answer.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/http/http-spans/">HTTP server spans</a>
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">GenAI spans</a>
 */
final class RequestSpan {
  /** Of a request that no trace follows. */
  static final RequestSpan NONE = new RequestSpan(Span.getInvalid());

  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
  private static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
  private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("millrace.request.id");
  private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
  private static final AttributeKey<List<String>> REASONS =
      AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");
  private static final AttributeKey<Long> INPUT = AttributeKey.longKey("gen_ai.usage.input_tokens");
  private static final AttributeKey<Long> OUTPUT =
      AttributeKey.longKey("gen_ai.usage.output_tokens");

  private final Span span;

  private RequestSpan(Span span) {
    this.span = span;
  }

  /** Begins one, in its client's trace if it has one. */
  static RequestSpan begin(Tracing tracing, ServerHttpRequest http, String id) {
    String method = http.getMethod().name();
    return new RequestSpan(
        tracing
            .span(method, SpanKind.SERVER, http.getHeaders().getFirst(Echo.TRACE_HEADER))
            .setAttribute(METHOD, method)
            .setAttribute(SCHEME, String.valueOf(http.getURI().getScheme()))
            .setAttribute(PATH, http.getPath().value())
            .setAttribute(REQUEST, id)
            .startSpan());
  }

  /** What a request to the queue has as its traceparent; null if there is no trace. */
  @Nullable String header() {
    return Tracing.header(span);
  }

  /** What lines of the log name the trace by; null if there is none. */
  @Nullable String traceId() {
    return span.getSpanContext().isValid() ? span.getSpanContext().getTraceId() : null;
  }

  void asks(String model) {
    span.setAttribute(MODEL, model);
  }

  void finished(FinishReason reason, Usage usage) {
    span.setAttribute(REASONS, List.of(reason.label()));
    span.setAttribute(INPUT, usage.promptTokens());
    span.setAttribute(OUTPUT, usage.completionTokens());
  }

  /** Ends it; what failed through no fault of the client is an error. */
  void end(String method, String route, int status, @Nullable FailureKind failure, boolean ours) {
    span.updateName(method + " " + route);
    span.setAttribute(ROUTE, route);
    span.setAttribute(STATUS, status);
    if (failure != null) {
      span.setAttribute(ERROR, failure.label());
    }
    if (ours || status >= AccessLog.FIRST_SERVER_ERROR) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
