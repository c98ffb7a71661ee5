package io.millrace.worker;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import io.millrace.worker.WorkerApplication.ServedEngine;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The worker, and a web server with three routes; nothing else that the class path may offer. */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  HttpHandlerAutoConfiguration.class,
  WebFluxAutoConfiguration.class,
  NettyReactiveWebServerAutoConfiguration.class,
  CodecsAutoConfiguration.class,
  JacksonAutoConfiguration.class
})
class WorkerWiring {
  private static final MediaType PROMETHEUS_TEXT =
      MediaType.parseMediaType("text/plain;version=0.0.4;charset=utf-8");

  @Bean
  PrometheusMeterRegistry registry() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  @Bean(destroyMethod = "close")
  WorkerService worker(
      WorkerOptions options,
      KafkaOptions kafka,
      ServedEngine served,
      PrometheusMeterRegistry registry) {
    return WorkerService.start(
        options, kafka, served.engine(), served.modelName(), registry, new LocalReplies());
  }

  /** Netty's threads of this server alone: closing the global ones would stop other servers. */
  @Bean
  ReactorResourceFactory reactorResources() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    return resources;
  }

  @Bean
  RouterFunction<ServerResponse> routes(WorkerService worker, PrometheusMeterRegistry registry) {
    return RouterFunctions.route()
        .GET("/health/live", request -> probe(worker.health().deadCause()))
        .GET("/health/ready", request -> probe(worker.health().anyCause()))
        .GET(
            "/metrics",
            request ->
                ServerResponse.ok().contentType(PROMETHEUS_TEXT).bodyValue(registry.scrape()))
        .build();
  }

  private static Mono<ServerResponse> probe(Optional<String> cause) {
    return cause
        .map(
            why ->
                ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
                    .bodyValue(Map.of("status", "DOWN", "cause", why)))
        .orElseGet(() -> ServerResponse.ok().bodyValue(Map.of("status", "UP")));
  }
}
