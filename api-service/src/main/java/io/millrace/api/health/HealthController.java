package io.millrace.api.health;

import io.millrace.actuator.Health;
import io.millrace.actuator.ProcessHealth;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Probes, shorter than those of the actuator. */
@RestController
final class HealthController {
  private static final String STATUS = "status";

  private final ProcessHealth health;

  HealthController(ProcessHealth health) {
    this.health = health;
  }

  @GetMapping("/health/live")
  Map<String, String> live() {
    return Map.of(STATUS, health.liveness().status());
  }

  @GetMapping({"/health", "/health/ready"})
  ResponseEntity<Map<String, String>> ready() {
    Health ready = health.readiness();
    Map<String, String> told = new LinkedHashMap<>();
    told.put(STATUS, ready.status());
    ready.components().forEach(one -> told.put(one.name(), one.says()));
    return ResponseEntity.status(ready.isUp() ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(told);
  }
}
