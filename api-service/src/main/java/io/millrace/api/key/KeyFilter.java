package io.millrace.api.key;

import io.millrace.api.body.Endpoint;
import io.millrace.api.metrics.AccessLog;
import io.millrace.api.tenant.ApiKeys;
import io.millrace.api.tenant.Tenant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * A filter that asks for a key on the paths that answer questions or tell of them, once there are
 * keys. Probes, metrics, documents and pages stay open, as in vLLM. Paths are matched as
 * controllers match them, so that no other spelling leads past it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class KeyFilter implements WebFilter {
  private static final String KEY_HEADER = "x-api-key";
  private static final String BEARER = "Bearer ";

  private static final List<PathPattern> ASKING =
      Stream.concat(
              Stream.of("/v1/**", "/v2/**", "/rerank", "/score"),
              Stream.of(Endpoint.values()).map(Endpoint::path))
          .distinct()
          .map(PathPatternParser.defaultInstance::parse)
          .toList();

  private final ApiKeys keys;

  KeyFilter(ApiKeys keys) {
    this.keys = keys;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange http, WebFilterChain chain) {
    ServerHttpRequest request = http.getRequest();
    if (!keys.required() || !asks(request)) {
      return chain.filter(http);
    }
    String key = key(request.getHeaders());
    if (key == null) {
      return refuse(
          http,
          "an API key is required: send it as \"Authorization: Bearer KEY\" or \"x-api-key: KEY\"");
    }
    Optional<Tenant> tenant = keys.find(key);
    if (tenant.isEmpty()) {
      return refuse(http, "the API key is not valid");
    }
    AccessLog.request(http).by(tenant.get());
    return chain.filter(http);
  }

  /** Browsers ask what they may ask without any key. */
  private static boolean asks(ServerHttpRequest request) {
    PathContainer path = request.getPath().pathWithinApplication();
    return !request.getMethod().equals(HttpMethod.OPTIONS)
        && ASKING.stream().anyMatch(pattern -> pattern.matches(path));
  }

  private static @Nullable String key(HttpHeaders headers) {
    String authorization = headers.getFirst(HttpHeaders.AUTHORIZATION);
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? authorization.substring(BEARER.length()).strip()
        : headers.getFirst(KEY_HEADER);
  }

  private static Mono<Void> refuse(ServerWebExchange http, String why) {
    http.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    return Mono.error(new ResponseStatusException(HttpStatus.UNAUTHORIZED, why));
  }
}
