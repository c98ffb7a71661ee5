package io.millrace.worker;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.cli.KafkaOptions;
import io.millrace.worker.WorkerApplication.ServedEngine;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The object graph of a worker in its own process. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = KafkaAutoConfiguration.class)
class WorkerWiring {
  private static final MediaType PROMETHEUS_TEXT =
      MediaType.parseMediaType("text/plain; version=0.0.4; charset=utf-8");

  @Bean
  PrometheusMeterRegistry meters() {
    return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  }

  @Bean(destroyMethod = "close")
  WorkerService workerService(
      WorkerOptions options,
      KafkaOptions kafka,
      ServedEngine served,
      PrometheusMeterRegistry meters) {
    return WorkerService.start(options, kafka, served.engine(), served.modelName(), meters);
  }

  @Bean
  RouterFunction<ServerResponse> probes(WorkerService worker, PrometheusMeterRegistry meters) {
    return RouterFunctions.route()
        .GET("/health/live", request -> health(worker.health().deadCause()))
        .GET("/health/ready", request -> health(worker.health().anyCause()))
        .GET(
            "/metrics",
            request -> ServerResponse.ok().contentType(PROMETHEUS_TEXT).bodyValue(meters.scrape()))
        .build();
  }

  private static Mono<ServerResponse> health(Optional<String> cause) {
    return cause
        .map(
            why ->
                ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
                    .bodyValue(Map.of("status", "DOWN", "cause", why)))
        .orElseGet(() -> ServerResponse.ok().bodyValue(Map.of("status", "UP")));
  }
}
