package io.millrace.worker;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import io.millrace.service.WebServerConfiguration;
import io.millrace.worker.WorkerApplication.ServedEngine;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The object graph of a worker in its own process: the service, and a web server with three routes.
 */
@Configuration(proxyBeanMethods = false)
@Import(WebServerConfiguration.class)
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
