package io.millrace.api;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.api.dispatch.ReplyPartition;
import io.millrace.api.options.ApiOptions;
import io.millrace.cli.ServedModel;
import io.millrace.cli.StartFailure;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.ReplyAddress;
import io.millrace.service.SpringService;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** The HTTP service, for a process of its own or within another. */
public final class ApiService {
  private static final Logger log = LoggerFactory.getLogger(ApiService.class);

  private ApiService() {}

  /**
   * Creates missing topics and listens. Closing the context gives open answers {@link
   * ApiOptions#shutdownTimeout}.
   *
   * @param registry where metrics go, and what {@code /metrics} shows
   * @param localReplies from a worker in this process, if there is one
   * @throws StartFailure if an option is wrong, Kafka cannot be used, or the address not be
   *     listened on
   */
  public static ConfigurableApplicationContext start(
      ApiOptions api,
      KafkaOptions kafka,
      ServedModel model,
      PrometheusMeterRegistry registry,
      LocalReplies localReplies) {
    api.validate();
    KafkaCluster cluster = kafka.cluster();
    ProvisionedTopics topics = new ProvisionedTopics(kafka.provision(model.name()));
    ReplyAddress replies = replies(api, kafka);
    ConfigurableApplicationContext context =
        SpringService.start(
            ApiWiring.class,
            api.address(),
            settings(api),
            beans -> {
              beans.registerBean(ApiOptions.class, () -> api);
              beans.registerBean(KafkaOptions.class, () -> kafka);
              beans.registerBean(KafkaCluster.class, () -> cluster);
              beans.registerBean(ProvisionedTopics.class, () -> topics);
              beans.registerBean(ReplyAddress.class, () -> replies);
              beans.registerBean(ServedModel.class, () -> model);
              beans.registerBean(PrometheusMeterRegistry.class, () -> registry);
              beans.registerBean(LocalReplies.class, () -> localReplies);
            });
    log.info("listening on {} for {}", url(api, context), model.name());
    return context;
  }

  /**
   * Refuses what would stop a start, for those who do something long before it. Creates missing
   * topics.
   *
   * @throws StartFailure as {@link #start}
   */
  public static void requireStartable(ApiOptions api, KafkaOptions kafka, ServedModel model) {
    api.validate();
    api.address().requireFree();
    kafka.provision(model.name());
    replies(api, kafka);
  }

  private static ReplyAddress replies(ApiOptions api, KafkaOptions kafka) {
    return ReplyPartition.choose(
        kafka.cluster(), kafka.topics().replies(), api.replyPartition(), System.getenv("HOSTNAME"));
  }

  private static Map<String, String> settings(ApiOptions api) {
    Map<String, String> settings = new HashMap<>(api.ssl());
    settings.put(
        SpringService.SHUTDOWN_TIMEOUT,
        AnswerDrain.longest(api.shutdownTimeout()).toMillis() + "ms");
    return settings;
  }

  /** Where a started service is seen, as {@code http://127.0.0.1:8000}. */
  public static String url(ApiOptions api, ConfigurableApplicationContext context) {
    return api.url(port(context));
  }

  /** The port that a started service listens on. */
  public static int port(ConfigurableApplicationContext context) {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }
}
