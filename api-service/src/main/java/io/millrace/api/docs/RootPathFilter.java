package io.millrace.api.docs;

import io.millrace.api.options.ApiOptions;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** A filter that serves the same paths under the root path, for proxies that do not strip it. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RootPathFilter implements WebFilter {
  private final String rootPath;

  RootPathFilter(ApiOptions options) {
    this.rootPath = options.rootPath();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange http, WebFilterChain chain) {
    boolean under =
        !rootPath.isEmpty() && http.getRequest().getPath().value().startsWith(rootPath + "/");
    return chain.filter(
        under ? http.mutate().request(request -> request.contextPath(rootPath)).build() : http);
  }
}
