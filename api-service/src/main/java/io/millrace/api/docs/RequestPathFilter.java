package io.millrace.api.docs;

import io.millrace.api.options.ApiOptions;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * A filter that serves other spellings of a path as the path itself: below the root path, for
 * proxies that do not strip it; with slashes doubled, as clients join {@code http://host/} and
 * {@code /v1}; with one at the end.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestPathFilter implements WebFilter {
  private final String rootPath;

  RequestPathFilter(ApiOptions options) {
    this.rootPath = options.rootPath();
  }

  @Override
  public Mono<Void> filter(ServerWebExchange http, WebFilterChain chain) {
    String sent = http.getRequest().getPath().value();
    String path = tidy(sent);
    boolean under =
        !rootPath.isEmpty() && (path.equals(rootPath) || path.startsWith(rootPath + "/"));
    if (path.equals(sent) && !under) {
      return chain.filter(http);
    }
    return chain.filter(
        http.mutate()
            .request(
                request -> {
                  request.path(path.equals(rootPath) ? path + "/" : path);
                  if (under) {
                    request.contextPath(rootPath);
                  }
                })
            .build());
  }

  private static String tidy(String path) {
    String single = path.replaceAll("/{2,}", "/");
    return single.length() > 1 && single.endsWith("/")
        ? single.substring(0, single.length() - 1)
        : single;
  }
}
