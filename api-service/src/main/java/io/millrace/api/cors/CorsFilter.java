package io.millrace.api.cors;

import io.millrace.api.options.ApiOptions;
import io.millrace.api.options.CorsOptions;
import io.millrace.protocol.Excerpt;
import java.time.Duration;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsProcessor;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.cors.reactive.DefaultCorsProcessor;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * A filter that lets pages of other origins ask from a browser, where a setting names them; without
 * it says nothing, so that browsers keep such answers to themselves. Stands before the keys: a
 * browser asks whether it may without one.
 *
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">CORS protocol</a>
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
final class CorsFilter implements WebFilter {
  /** What pages may read of an answer's head. */
  private static final List<String> EXPOSED =
      List.of(
          "X-Request-Id",
          "Retry-After",
          "X-Millrace-Waiting-For",
          "x-ratelimit-limit-requests",
          "x-ratelimit-remaining-requests",
          "x-ratelimit-reset-requests",
          "x-ratelimit-limit-tokens",
          "x-ratelimit-remaining-tokens",
          "x-ratelimit-reset-tokens");

  private static final Duration REMEMBERED = Duration.ofMinutes(10);

  private final CorsProcessor processor = new DefaultCorsProcessor();
  private final boolean used;
  private final CorsConfiguration allowed = new CorsConfiguration();

  CorsFilter(ApiOptions options) {
    CorsOptions cors = options.cors();
    used = !cors.allowedOrigins().isEmpty();
    allowed.setAllowedOrigins(cors.allowedOrigins());
    allowed.setAllowCredentials(cors.allowCredentials());
    allowed.setAllowedMethods(List.of("GET", "HEAD", "POST", "DELETE"));
    allowed.setAllowedHeaders(List.of(CorsConfiguration.ALL));
    allowed.setExposedHeaders(EXPOSED);
    allowed.setMaxAge(REMEMBERED);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange http, WebFilterChain chain) {
    if (!used) {
      return chain.filter(http);
    }
    if (!processor.process(allowed, http)) {
      String origin = Excerpt.of(String.valueOf(http.getRequest().getHeaders().getOrigin()));
      return Mono.error(
          new ResponseStatusException(
              HttpStatus.FORBIDDEN, "pages of %s may not ask this server so".formatted(origin)));
    }
    return CorsUtils.isPreFlightRequest(http.getRequest()) ? Mono.empty() : chain.filter(http);
  }
}
