package io.millrace.api.error;

import io.millrace.protocol.Excerpt;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.Invalid;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** The handler of every error: makes status and body of it, for all paths alike. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ErrorResponses implements WebExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);
  private static final JsonMapper JSON = JsonMapper.shared();

  /** As often as it is looked whether a broker answers. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  @Override
  public Mono<Void> handle(ServerWebExchange http, Throwable e) {
    ServerHttpResponse response = http.getResponse();
    if (response.isCommitted()) {
      return Mono.error(e);
    }
    if (DisconnectedClientHelper.isClientDisconnectedException(e)) {
      log.debug("the client of {} {} has left", http.getRequest().getMethod(), path(http));
      // Nobody reads it; the log does.
      response.setStatusCode(HttpStatusCode.valueOf(FailureKind.CANCELLED.status()));
      return response.setComplete();
    }
    HttpStatusCode status = status(e);
    if (status.value() == HttpStatus.INTERNAL_SERVER_ERROR.value()) {
      log.error("{} {} failed", http.getRequest().getMethod(), path(http), e);
    }
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(MediaType.APPLICATION_JSON);
    if (e instanceof ResponseStatusException known) {
      headers.putAll(known.getHeaders());
    }
    if (status.value() == FailureKind.OVERLOADED.status()
        || status.value() == FailureKind.UNAVAILABLE.status()) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(retrySeconds(e)));
    }
    response.setStatusCode(status);
    byte[] body = JSON.writeValueAsBytes(ErrorShape.of(http, body(http, e, status)));
    headers.setContentLength(body.length);
    return response
        .writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)))
        // The server below has answered a body that it could not decode.
        .onErrorComplete(IllegalStateException.class);
  }

  /** Whole seconds, at least one. */
  private static long retrySeconds(Throwable e) {
    Duration known = e instanceof RequestFailed failure ? failure.retryAfter() : null;
    Duration time = known == null ? RETRY_AFTER : known;
    return Math.max(1, time.plusMillis(999).toSeconds());
  }

  private static HttpStatusCode status(Throwable e) {
    if (e instanceof RequestFailed failure) {
      return HttpStatusCode.valueOf(failure.kind().status());
    }
    if (e instanceof Invalid) {
      return HttpStatus.BAD_REQUEST;
    }
    return e instanceof ResponseStatusException known
        ? known.getStatusCode()
        : HttpStatus.INTERNAL_SERVER_ERROR;
  }

  private static ErrorBody body(ServerWebExchange http, Throwable e, HttpStatusCode status) {
    if (!(e instanceof ResponseStatusException known)) {
      return ErrorBody.of(e);
    }
    HttpStatus named = HttpStatus.resolve(status.value());
    String code = named == null ? "error" : code(named);
    return ErrorBody.of(status.value(), message(http, known), null, code);
  }

  /** OpenAI has a word of its own for a key that is missing or wrong. */
  private static String code(HttpStatus status) {
    return status == HttpStatus.UNAUTHORIZED
        ? "invalid_api_key"
        : status.name().toLowerCase(Locale.ROOT);
  }

  private static String message(ServerWebExchange http, ResponseStatusException e) {
    if (e instanceof MethodNotAllowedException wrong) {
      return "%s takes %s, not %s"
          .formatted(path(http), methods(wrong), Excerpt.of(wrong.getHttpMethod()));
    }
    if (e.getStatusCode().value() == HttpStatus.NOT_FOUND.value()) {
      return "there is no %s; /docs shows what there is".formatted(path(http));
    }
    return e.getReason() == null ? e.getStatusCode().toString() : e.getReason();
  }

  private static String methods(MethodNotAllowedException wrong) {
    return wrong.getSupportedMethods().stream()
        .map(HttpMethod::name)
        .sorted()
        .collect(Collectors.joining(" or "));
  }

  private static String path(ServerWebExchange http) {
    return Excerpt.of(http.getRequest().getPath().value());
  }
}
