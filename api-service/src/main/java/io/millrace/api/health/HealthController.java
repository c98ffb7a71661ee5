package io.millrace.api.health;

import io.millrace.api.dispatch.BrokerHealth;
import io.millrace.kafka.TopicReader;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Probes. A process that is alive answers at all; one that is ready can take requests and hear the
 * replies. It needs the broker for that but no worker: the queue waits for those.
 */
@RestController
final class HealthController {
  record Health(String status, String broker, String replies) {}

  record Liveness(String status) {}

  private final BrokerHealth broker;
  private final List<TopicReader> readers;

  HealthController(BrokerHealth broker, List<TopicReader> readers) {
    this.broker = broker;
    this.readers = readers;
  }

  @GetMapping("/health/live")
  Liveness live() {
    return new Liveness("UP");
  }

  @GetMapping({"/health", "/health/ready"})
  ResponseEntity<Health> ready() {
    boolean reachable = broker.reachable();
    boolean reading = readers.stream().allMatch(TopicReader::isRunning);
    boolean up = reachable && reading;
    return ResponseEntity.status(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
        .body(
            new Health(
                up ? "UP" : "DOWN",
                reachable ? "answers" : "does not answer",
                reading ? "are read" : "are not read"));
  }
}
