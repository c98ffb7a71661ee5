package io.millrace.api.anthropic;

import io.millrace.api.error.ErrorShape;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/** A filter that gives errors on Anthropic's paths its shape, whoever refuses the request. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
final class MessageErrorFilter implements WebFilter {
  private static final PathPattern MESSAGES =
      PathPatternParser.defaultInstance.parse("/v1/messages/**");

  @Override
  public Mono<Void> filter(ServerWebExchange http, WebFilterChain chain) {
    if (MESSAGES.matches(http.getRequest().getPath().pathWithinApplication())) {
      ErrorShape.set(http, MessageError::of);
    }
    return chain.filter(http);
  }
}
