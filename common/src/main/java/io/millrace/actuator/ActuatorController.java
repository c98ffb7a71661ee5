package io.millrace.actuator;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.info.JavaInfo;
import org.springframework.boot.info.OsInfo;
import org.springframework.boot.info.ProcessInfo;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The endpoints of Spring Boot's actuator that others look for, and {@code /metrics}. The actuator
 * itself would bring its own registry of meters, its own health and a port of its own.
 */
@RestController
public final class ActuatorController {
  private static final String PROMETHEUS_TEXT = "text/plain;version=0.0.4;charset=utf-8";
  private static final String BUILD = "META-INF/build-info.properties";
  private static final List<String> GROUPS = List.of("liveness", "readiness");

  /** A component as the actuator tells it. */
  private record Told(String status, Map<String, String> details) {}

  private final ProcessHealth health;
  private final PrometheusMeterRegistry registry;

  ActuatorController(ProcessHealth health, PrometheusMeterRegistry registry) {
    this.health = health;
    this.registry = registry;
    Gauge.builder("millrace.ready", () -> health.readiness().isUp() ? 1 : 0)
        .description("1 while the process is ready by its probe, 0 while not")
        .register(registry);
  }

  @GetMapping({"/metrics", "/actuator/prometheus"})
  ResponseEntity<String> metrics() {
    return ResponseEntity.ok().header("Content-Type", PROMETHEUS_TEXT).body(registry.scrape());
  }

  /** Dead or not ready is down. */
  @GetMapping("/actuator/health")
  ResponseEntity<Map<String, Object>> all() {
    Health live = health.liveness();
    return told(live.isUp() ? health.readiness() : live, Map.of("groups", GROUPS));
  }

  @GetMapping("/actuator/health/liveness")
  ResponseEntity<Map<String, Object>> liveness() {
    return told(health.liveness(), Map.of());
  }

  @GetMapping("/actuator/health/readiness")
  ResponseEntity<Map<String, Object>> readiness() {
    return told(health.readiness(), Map.of());
  }

  private static ResponseEntity<Map<String, Object>> told(Health told, Map<String, Object> more) {
    Map<String, Object> components = new LinkedHashMap<>();
    for (Health.Component one : told.components()) {
      components.put(one.name(), new Told(Health.word(one.isUp()), Map.of("state", one.says())));
    }
    Map<String, Object> body = new LinkedHashMap<>(more);
    body.put("status", told.status());
    if (!components.isEmpty()) {
      body.put("components", components);
    }
    return ResponseEntity.status(told.isUp() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(body);
  }

  @GetMapping("/actuator/info")
  Map<String, Object> info() throws IOException {
    Map<String, String> build = new LinkedHashMap<>();
    PropertiesLoaderUtils.loadProperties(new ClassPathResource(BUILD))
        .forEach((key, value) -> build.put(key.toString().replace("build.", ""), value.toString()));
    return Map.of(
        "build", build, "java", new JavaInfo(), "os", new OsInfo(), "process", new ProcessInfo());
  }
}
