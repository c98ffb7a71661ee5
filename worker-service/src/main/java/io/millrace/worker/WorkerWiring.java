package io.millrace.worker;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.actuator.ActuatorController;
import io.millrace.actuator.Health;
import io.millrace.actuator.Health.Component;
import io.millrace.actuator.ProcessHealth;
import io.millrace.kafka.KafkaOptions;
import io.millrace.metrics.ProcessMetrics;
import io.millrace.protocol.LocalReplies;
import io.millrace.service.WebServerConfiguration;
import io.millrace.worker.WorkerApplication.ServedEngine;
import java.util.Map;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The object graph of a worker in its own process: the service, and a web server for probes and
 * metrics.
 */
@Configuration(proxyBeanMethods = false)
@Import({WebServerConfiguration.class, ActuatorController.class})
class WorkerWiring {
  @Bean
  PrometheusMeterRegistry registry() {
    return ProcessMetrics.registry();
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
  ProcessHealth health(WorkerService worker) {
    return new ProcessHealth() {
      @Override
      public Health liveness() {
        return new Health(engine(worker.health()));
      }

      @Override
      public Health readiness() {
        WorkerHealth now = worker.health();
        return new Health(engine(now), component("intake", now.notReadyCause(), "takes requests"));
      }

      private static Component engine(WorkerHealth now) {
        return component("engine", now.deadCause(), "works");
      }

      private static Component component(String name, Optional<String> fault, String isWell) {
        return new Component(name, fault.isEmpty(), fault.orElse(isWell));
      }
    };
  }

  @Bean
  RouterFunction<ServerResponse> routes(ProcessHealth health) {
    return RouterFunctions.route()
        .GET("/health/live", request -> probe(health.liveness()))
        .GET("/health/ready", request -> probe(health.readiness()))
        .build();
  }

  private static Mono<ServerResponse> probe(Health told) {
    return told.components().stream()
        .filter(one -> !one.isUp())
        .findFirst()
        .map(
            down ->
                ServerResponse.status(HttpStatus.SERVICE_UNAVAILABLE)
                    .bodyValue(Map.of("status", told.status(), "cause", down.says())))
        .orElseGet(() -> ServerResponse.ok().bodyValue(Map.of("status", told.status())));
  }
}
