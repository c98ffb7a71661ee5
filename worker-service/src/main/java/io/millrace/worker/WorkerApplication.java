package io.millrace.worker;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.cli.StartFailure;
import java.util.Map;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** What a worker in its own process shows of itself: probes and metrics over HTTP. */
public final class WorkerApplication {
  private WorkerApplication() {}

  /**
   * Listens on {@link WorkerOptions#healthHost} and {@link WorkerOptions#healthPort} for {@code
   * /health/live}, {@code /health/ready} and {@code /metrics}.
   *
   * @param worker stays the caller's to close; while it drains it is alive, but not ready
   * @param registry what {@code /metrics} shows
   * @return the web server; closing it stops listening
   * @throws StartFailure if the port is in use
   */
  public static ConfigurableApplicationContext start(
      WorkerOptions options, WorkerService worker, PrometheusMeterRegistry registry) {
    Map<String, Object> properties =
        Map.of(
            "server.address", options.healthHost(),
            "server.port", options.healthPort(),
            "spring.jmx.enabled", "false");
    try {
      return new SpringApplicationBuilder(WorkerWiring.class)
          .web(WebApplicationType.REACTIVE)
          .bannerMode(Banner.Mode.OFF)
          .logStartupInfo(false)
          .registerShutdownHook(false)
          .initializers(
              (GenericApplicationContext context) -> {
                var sources = context.getEnvironment().getPropertySources();
                sources.addFirst(new MapPropertySource("worker", properties));
                context.registerBean(WorkerHealthSource.class, () -> worker::health);
                context.registerBean(PrometheusMeterRegistry.class, () -> registry);
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
    }
    return e;
  }

  /** How the worker is at the moment of asking. */
  interface WorkerHealthSource {
    WorkerHealth health();
  }
}
