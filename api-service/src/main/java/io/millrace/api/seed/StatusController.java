package io.millrace.api.seed;

import io.millrace.kafka.WorkerDirectory;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The seed's two questions: does the server answer, and does anybody generate. */
@RestController
final class StatusController {
  record Status(String status) {}

  private final WorkerDirectory workers;

  StatusController(WorkerDirectory workers) {
    this.workers = workers;
  }

  @GetMapping("/ping")
  Status ping() {
    return new Status("Healthy");
  }

  @GetMapping("/engine_check")
  ResponseEntity<Status> engineCheck() {
    return workers.anyAlive()
        ? ResponseEntity.ok(new Status("Running"))
        : ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body(new Status("Error"));
  }
}
