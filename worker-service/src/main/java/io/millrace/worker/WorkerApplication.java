package io.millrace.worker;

import io.millrace.cli.KafkaOptions;
import io.millrace.worker.engine.GenerationEngine;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** A worker in its own process: the service, its probes and its metrics. */
public final class WorkerApplication {
  private WorkerApplication() {}

  /**
   * Starts a worker, with a web server for {@code /health/live}, {@code /health/ready} and {@code
   * /metrics} if {@link WorkerOptions#healthPort} is set. The end of the process, or closing the
   * context, drains it.
   *
   * @param modelName the served name
   * @return the context; its bean of type {@link WorkerService} is the worker
   */
  public static ConfigurableApplicationContext start(
      WorkerOptions options, KafkaOptions kafka, GenerationEngine engine, String modelName) {
    options.validate();
    boolean probed = options.healthPort() != 0;
    return new SpringApplicationBuilder(WorkerWiring.class)
        .web(probed ? WebApplicationType.REACTIVE : WebApplicationType.NONE)
        .bannerMode(Banner.Mode.OFF)
        .logStartupInfo(false)
        .initializers(
            (GenericApplicationContext context) -> {
              context
                  .getEnvironment()
                  .getPropertySources()
                  .addFirst(
                      new MapPropertySource(
                          "worker",
                          Map.of(
                              "server.address", options.healthHost(),
                              "server.port", options.healthPort())));
              context.registerBean(WorkerOptions.class, () -> options);
              context.registerBean(KafkaOptions.class, () -> kafka);
              context.registerBean(ServedEngine.class, () -> new ServedEngine(engine, modelName));
            })
        .run();
  }

  /** The engine under the name it serves; not a bean itself, as its owner closes it. */
  record ServedEngine(GenerationEngine engine, String modelName) {}
}
