package io.millrace.api.health;

import io.millrace.api.dispatch.BrokerHealth;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Probes. A process that is alive answers at all; one that is ready can take requests, for which it
 * needs the broker but no worker: the queue waits for those.
 */
@RestController
final class HealthController {
  record Health(String status, String broker) {}

  record Liveness(String status) {}

  private final BrokerHealth broker;

  HealthController(BrokerHealth broker) {
    this.broker = broker;
  }

  @GetMapping("/health/live")
  Liveness live() {
    return new Liveness("UP");
  }

  @GetMapping({"/health", "/health/ready"})
  ResponseEntity<Health> ready() {
    return broker.reachable()
        ? ResponseEntity.ok(new Health("UP", "reachable"))
        : ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
            .body(new Health("DOWN", "does not answer"));
  }
}
