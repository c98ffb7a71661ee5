package io.millrace.api.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.api.admission.AdmissionQueue;
import io.millrace.api.dispatch.BrokerHealth;
import io.millrace.api.workers.ServedModels;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.kafka.WorkerLoad;
import io.millrace.protocol.RequestClass;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The capacity of a model as of the last seconds.
 *
 * @param workers how many of it live; while it is 0, what is asked waits for one
 * @param slots requests that they can hold together
 * @param running requests that they hold
 * @param waiting requests of both classes that none of them holds, whoever sent them
 * @param lastSeen when a worker spoke last, in seconds since 1970; absent if that is not known
 */
@JsonNaming(SnakeCaseStrategy.class)
record ModelCapacity(
    int workers,
    int slots,
    int running,
    long waiting,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long lastSeen) {

  /** The source of capacities: what workers announce, and the queues. */
  @Component
  record Source(
      WorkerDirectory directory,
      ServedModels models,
      BrokerHealth broker,
      AdmissionQueue admissionQueue) {

    ModelCapacity of(String model) {
      WorkerLoad load = directory.load(model);
      long unfinished =
          broker.backlog(model, RequestClass.INTERACTIVE)
              + broker.backlog(model, RequestClass.BATCH);
      Instant lastSeen = models.lastSeen(model);
      return new ModelCapacity(
          directory.numAlive(model),
          load.slots(),
          load.running(),
          Math.max(0, unfinished - load.running()) + admissionQueue.numWaiting(model),
          lastSeen == null ? null : Long.valueOf(lastSeen.getEpochSecond()));
    }
  }
}
