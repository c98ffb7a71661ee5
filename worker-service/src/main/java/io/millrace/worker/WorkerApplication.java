package io.millrace.worker;

import io.millrace.cli.StartFailure;
import io.millrace.engine.GenerationEngine;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaOptions;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** A worker in its own process: the service, its probes and its metrics. */
public final class WorkerApplication {
  private WorkerApplication() {}

  /**
   * Starts a worker; and a web server for {@code /health/live}, {@code /health/ready} and {@code
   * /metrics}, if {@link WorkerOptions#healthPort} is set. Closing the context drains the worker,
   * and so does the end of the process.
   *
   * @param engine stays the caller's to close, after the context
   * @param modelName the served name
   * @return the context; its bean of type {@link WorkerService} is the worker
   * @throws StartFailure if an option is wrong, Kafka cannot be used, or the port is in use
   */
  public static ConfigurableApplicationContext start(
      WorkerOptions options, KafkaOptions kafka, GenerationEngine engine, String modelName) {
    options.validate();
    Map<String, Object> properties =
        Map.of(
            "server.address", options.healthHost(),
            "server.port", options.healthPort(),
            "spring.jmx.enabled", "false");
    boolean listening = options.healthPort() != 0;
    try {
      return new SpringApplicationBuilder(WorkerWiring.class)
          .web(listening ? WebApplicationType.REACTIVE : WebApplicationType.NONE)
          .bannerMode(Banner.Mode.OFF)
          .logStartupInfo(false)
          .initializers(
              (GenericApplicationContext context) -> {
                var sources = context.getEnvironment().getPropertySources();
                sources.addFirst(new MapPropertySource("worker", properties));
                context.registerBean(WorkerOptions.class, () -> options);
                context.registerBean(KafkaOptions.class, () -> kafka);
                context.registerBean(ServedEngine.class, () -> new ServedEngine(engine, modelName));
              })
          .run();
    } catch (RuntimeException e) {
      throw explained(options, e);
    }
  }

  private static RuntimeException explained(WorkerOptions options, RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof PortInUseException) {
        return new StartFailure("--health-port %d is in use".formatted(options.healthPort()), e);
      }
      if (cause instanceof ClusterNotReady || cause instanceof StartFailure) {
        return new StartFailure(String.valueOf(cause.getMessage()), e);
      }
    }
    return e;
  }

  /** The engine under the name it serves; not a bean itself, as its owner closes it. */
  record ServedEngine(GenerationEngine engine, String modelName) {}
}
