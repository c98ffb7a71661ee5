package io.millrace.worker;

import io.millrace.engine.GenerationEngine;
import io.millrace.kafka.KafkaOptions;
import io.millrace.service.SpringService;
import java.util.Map;
import org.springframework.context.ConfigurableApplicationContext;

/** A worker in its own process: the service, its probes and its metrics. */
public final class WorkerApplication {
  private WorkerApplication() {}

  /**
   * Starts a worker; and a web server for {@code /health}, {@code /actuator} and {@code /metrics},
   * if {@link WorkerOptions#healthAddress} is set. Closing the context drains the worker.
   *
   * @param engine stays the caller's to close, after the context
   * @param modelName the served name
   * @return the context; its bean of type {@link WorkerService} is the worker
   * @throws io.millrace.cli.StartFailure if an option is wrong, Kafka cannot be used, or the port
   *     is in use
   */
  public static ConfigurableApplicationContext start(
      WorkerOptions options, KafkaOptions kafka, GenerationEngine engine, String modelName) {
    options.validate();
    return SpringService.start(
        WorkerWiring.class,
        options.healthAddress(),
        Map.of(),
        beans -> {
          beans.registerBean(WorkerOptions.class, () -> options);
          beans.registerBean(KafkaOptions.class, () -> kafka);
          beans.registerBean(ServedEngine.class, () -> new ServedEngine(engine, modelName));
        });
  }

  /** The engine under the name it serves; not a bean itself, as its owner closes it. */
  record ServedEngine(GenerationEngine engine, String modelName) {}
}
