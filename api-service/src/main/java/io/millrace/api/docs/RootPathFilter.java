package io.millrace.api.docs;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Serves the same paths under the root path too, for proxies that do not strip it. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RootPathFilter implements WebFilter {
  private final String rootPath;

  RootPathFilter(@Value("${millrace.root-path}") String rootPath) {
    this.rootPath = rootPath;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange http, WebFilterChain chain) {
    boolean under =
        !rootPath.isEmpty() && http.getRequest().getPath().value().startsWith(rootPath + "/");
    return chain.filter(
        under ? http.mutate().request(request -> request.contextPath(rootPath)).build() : http);
  }
}
