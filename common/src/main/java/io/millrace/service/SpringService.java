package io.millrace.service;

import io.millrace.cli.StartFailure;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import reactor.netty.ChannelBindException;

/**
 * The start of a service as a Spring application: quiet, ended by closing its context, with a web
 * server or without.
 */
public final class SpringService {
  /** The setting that says how long a web server waits for open answers when it stops. */
  public static final String SHUTDOWN_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

  /** Spring Boot's settings that may be overridden from outside. */
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          "server.shutdown",
          "graceful",
          SHUTDOWN_TIMEOUT,
          "5s",
          "spring.main.log-startup-info",
          "false");

  private SpringService() {}

  /**
   * Starts a service, and returns when it listens.
   *
   * @param wiring the configuration class
   * @param address where its web server listens; null for none
   * @param settings of Spring Boot, which nothing overrides
   * @param given registers the beans that were there before
   * @throws StartFailure if the address cannot be listened on, or with the message of one that a
   *     bean met
   */
  public static ConfigurableApplicationContext start(
      Class<?> wiring,
      @Nullable ListenAddress address,
      Map<String, String> settings,
      ApplicationContextInitializer<GenericApplicationContext> given) {
    // It would set the log up anew, and what other threads say meanwhile has no appender.
    System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
    SpringApplication application = new SpringApplication(wiring);
    application.setWebApplicationType(
        address == null ? WebApplicationType.NONE : WebApplicationType.REACTIVE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setRegisterShutdownHook(false);
    application.setDefaultProperties(DEFAULTS);
    application.addInitializers(context -> addFirst(context, address, settings), given);
    try {
      return application.run();
    } catch (RuntimeException e) {
      throw explained(address, e);
    }
  }

  private static void addFirst(
      ConfigurableApplicationContext context,
      @Nullable ListenAddress address,
      Map<String, String> settings) {
    Map<String, Object> properties = new HashMap<>(settings);
    if (address != null) {
      properties.put("server.address", address.host());
      properties.put("server.port", address.port());
    }
    context
        .getEnvironment()
        .getPropertySources()
        .addFirst(new MapPropertySource("millrace", properties));
  }

  private static RuntimeException explained(@Nullable ListenAddress address, RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof StartFailure) {
        return new StartFailure(String.valueOf(cause.getMessage()), e);
      }
      if (address != null && cause instanceof PortInUseException) {
        return new StartFailure("%s %d is in use".formatted(address.portFlag(), address.port()), e);
      }
      if (address != null && cause instanceof ChannelBindException unbound) {
        return address.refusal(unbound.getCause() == null ? unbound : unbound.getCause());
      }
    }
    return e;
  }
}
