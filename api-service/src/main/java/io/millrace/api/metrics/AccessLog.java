package io.millrace.api.metrics;

import io.millrace.protocol.FailureKind;
import io.millrace.trace.Tracing;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * The access log: a line for every request when it ends, at WARN where that is our fault, and its
 * id on every answer. No line tells what a client wrote, but for its own id of the request.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class AccessLog implements WebFilter {
  static final int FIRST_SERVER_ERROR = 500;

  private static final Logger log = LoggerFactory.getLogger(AccessLog.class);
  private static final String HEADER = "X-Request-Id";
  private static final String ATTRIBUTE = AccessLog.class.getName();
  private static final int SHOWN_CHARACTERS = 64;

  /** As ids of requests in Kafka, so that nothing else comes into the log. */
  private static final Pattern CLIENT_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  /** What probes ask every few seconds, and the files of a page: told at DEBUG, not traced. */
  private static final Set<String> MINOR =
      Set.of(
          "/health/live",
          "/health/ready",
          "/metrics",
          "/actuator/health",
          "/actuator/health/liveness",
          "/actuator/health/readiness",
          "/actuator/prometheus",
          "/ping",
          "/engine_check",
          "/ui/{name}");

  private final ServingMetrics metrics;
  private final Tracing tracing;

  AccessLog(ServingMetrics metrics, Tracing tracing) {
    this.metrics = metrics;
    this.tracing = tracing;
  }

  /** The figures of a request that is being answered. */
  public static RequestMetrics request(ServerWebExchange http) {
    return http.getRequiredAttribute(ATTRIBUTE);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange http, WebFilterChain chain) {
    String id = UUID.randomUUID().toString();
    String asked = http.getRequest().getHeaders().getFirst(HEADER);
    String clientId = asked != null && CLIENT_ID.matcher(asked).matches() ? asked : id;
    boolean minor = MINOR.contains(http.getRequest().getPath().value());
    RequestSpan span = minor ? RequestSpan.NONE : RequestSpan.begin(tracing, http.getRequest(), id);
    http.getAttributes().put(ATTRIBUTE, metrics.request(id, clientId, span));
    ServerHttpResponse response = http.getResponse();
    response.getHeaders().set(HEADER, clientId);
    AtomicBoolean told = new AtomicBoolean();
    return chain
        .filter(http)
        .doOnError(
            e -> {
              if (response.isCommitted()) {
                tell(http, told, SignalType.ON_ERROR);
              } else {
                // The answer is written by whoever handles errors, further out.
                response.beforeCommit(
                    () -> Mono.fromRunnable(() -> tell(http, told, SignalType.ON_ERROR)));
              }
            })
        .doFinally(
            end -> {
              if (end != SignalType.ON_ERROR) {
                tell(http, told, end);
              }
            });
  }

  private static void tell(ServerWebExchange http, AtomicBoolean told, SignalType end) {
    if (!told.compareAndSet(false, true)) {
      return;
    }
    RequestMetrics request = request(http);
    int status = status(http.getResponse(), end);
    String method = http.getRequest().getMethod().name();
    String handler = handler(http);
    request.ended(method, handler == null ? "none" : handler, status);
    String path = handler == null ? shortened(http.getRequest().getPath().value()) : handler;
    boolean failed = status >= FIRST_SERVER_ERROR || request.hasFailedHere();
    request
        .addTo(log.atLevel(level(path, failed)), method + " " + path, status)
        .log("request ended");
  }

  private static Level level(String path, boolean failed) {
    if (MINOR.contains(path)) {
      return Level.DEBUG;
    }
    return failed ? Level.WARN : Level.INFO;
  }

  private static int status(ServerHttpResponse response, SignalType end) {
    if (end == SignalType.CANCEL && !response.isCommitted()) {
      return FailureKind.CANCELLED.status();
    }
    HttpStatusCode status = response.getStatusCode();
    return status == null ? 200 : status.value();
  }

  private static @Nullable String handler(ServerWebExchange http) {
    Object pattern = http.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    return pattern == null ? null : pattern.toString();
  }

  private static String shortened(String path) {
    return path.length() <= SHOWN_CHARACTERS ? path : path.substring(0, SHOWN_CHARACTERS) + "...";
  }
}
