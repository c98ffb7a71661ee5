package io.millrace.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.dispatch.ReplyPartition;
import io.millrace.cli.ServedModel;
import io.millrace.cli.StartFailure;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.TopicProvisioner;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.ReplyAddress;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import reactor.netty.ChannelBindException;

/** The HTTP service, for a process of its own or within another. */
public final class ApiService {
  private static final Logger log = LoggerFactory.getLogger(ApiService.class);

  /** What may be overridden from outside. */
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          "server.shutdown", "graceful",
          "spring.lifecycle.timeout-per-shutdown-phase", "5s",
          "spring.jmx.enabled", "false",
          "spring.main.log-startup-info", "false");

  private ApiService() {}

  /**
   * Creates missing topics and listens. Whoever closes the context gives open answers five seconds.
   *
   * @param registry where metrics go, and what {@code /metrics} shows
   * @param localReplies from a worker in this process, if there is one
   * @throws StartFailure if Kafka cannot be used, or the address not be listened on
   * @throws Invalid if an option is wrong
   */
  public static ConfigurableApplicationContext start(
      ApiOptions api,
      KafkaOptions kafka,
      ServedModel model,
      PrometheusMeterRegistry registry,
      LocalReplies localReplies) {
    api.validate();
    try {
      KafkaCluster cluster = kafka.cluster();
      new TopicProvisioner(cluster, kafka.topics()).provision(model.name());
      ReplyAddress replies =
          ReplyPartition.choose(
              cluster, kafka.topics().replies(), api.replyPartition(), System.getenv("HOSTNAME"));
      var context =
          application(
                  beans -> {
                    beans.registerBean(ApiOptions.class, () -> api);
                    beans.registerBean(KafkaOptions.class, () -> kafka);
                    beans.registerBean(KafkaCluster.class, () -> cluster);
                    beans.registerBean(ReplyAddress.class, () -> replies);
                    beans.registerBean(ServedModel.class, () -> model);
                    beans.registerBean(PrometheusMeterRegistry.class, () -> registry);
                    beans.registerBean(LocalReplies.class, () -> localReplies);
                  })
              .run(arguments(api));
      log.info("listening on {} for {}", address(api, context), model.name());
      return context;
    } catch (RuntimeException e) {
      throw explained(api, e);
    }
  }

  private static SpringApplication application(
      ApplicationContextInitializer<GenericApplicationContext> given) {
    SpringApplication application = new SpringApplication(ApiWiring.class);
    application.setWebApplicationType(WebApplicationType.REACTIVE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setRegisterShutdownHook(false);
    application.setDefaultProperties(DEFAULTS);
    application.addInitializers(given);
    return application;
  }

  /** As the arguments of a command line, which nothing overrides. */
  private static String[] arguments(ApiOptions api) {
    return api.properties().entrySet().stream()
        .map(property -> "--" + property.getKey() + "=" + property.getValue())
        .toArray(String[]::new);
  }

  private static String address(ApiOptions api, ConfigurableApplicationContext context) {
    return "%s://%s:%d%s".formatted(api.scheme(), api.host(), port(context), api.rootPath());
  }

  /** The port that a started service listens on. */
  public static int port(ConfigurableApplicationContext context) {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  private static RuntimeException explained(ApiOptions api, RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof PortInUseException used) {
        return new StartFailure("--port %d is in use".formatted(used.getPort()), e);
      }
      if (cause instanceof ChannelBindException unbound) {
        return new StartFailure(
            "--host: cannot listen on %s: %s".formatted(api.host(), reason(unbound)), e);
      }
      if (cause instanceof ClusterNotReady) {
        return new StartFailure(String.valueOf(cause.getMessage()), e);
      }
    }
    return e;
  }

  private static String reason(Throwable e) {
    return String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
  }
}
