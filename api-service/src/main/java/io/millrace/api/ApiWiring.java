package io.millrace.api;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.actuator.ActuatorController;
import io.millrace.api.admission.Admission;
import io.millrace.api.admission.AdmissionQueue;
import io.millrace.api.answer.StreamSettings;
import io.millrace.api.dispatch.BrokerHealth;
import io.millrace.api.dispatch.ReplyLog;
import io.millrace.api.dispatch.ReplyPartition;
import io.millrace.api.dispatch.RequestDispatcher;
import io.millrace.api.dispatch.StoreTimer;
import io.millrace.api.dispatch.TopicChooser;
import io.millrace.api.exchange.AnswerTimeouts;
import io.millrace.api.exchange.CompletionService;
import io.millrace.api.exchange.Exchanges;
import io.millrace.api.metrics.ServingMetrics;
import io.millrace.api.options.ApiOptions;
import io.millrace.api.options.StreamOptions;
import io.millrace.api.workers.ServedModels;
import io.millrace.cli.ServedModel;
import io.millrace.kafka.Announcer;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.ModelDirectory;
import io.millrace.kafka.ReplyReader;
import io.millrace.kafka.TopicReader;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.kafka.WorkerListener;
import io.millrace.metrics.Histograms;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.ReaderState;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.Wire;
import io.millrace.service.ConnectionSettings;
import io.millrace.service.WebServerConfiguration;
import io.millrace.trace.Tracing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.support.ProducerListener;

/** The object graph of the api, but for its controllers. */
@Configuration(proxyBeanMethods = false)
@Import({WebServerConfiguration.class, ActuatorController.class})
@ComponentScan
class ApiWiring {

  @Bean
  ConnectionSettings connectionSettings(ApiOptions options) {
    return options.connections().settings();
  }

  @Bean
  Tracing tracing() {
    return Tracing.start("millrace-api");
  }

  @Bean
  ServingMetrics servingMetrics(PrometheusMeterRegistry registry, ServedModel model) {
    return new ServingMetrics(registry, model.name());
  }

  @Bean
  DefaultKafkaProducerFactory<String, byte[]> producers(KafkaCluster cluster, ApiOptions options) {
    return new DefaultKafkaProducerFactory<>(cluster.requestProducer(options.brokerTimeout()));
  }

  @Bean
  KafkaTemplate<String, byte[]> kafka(DefaultKafkaProducerFactory<String, byte[]> producers) {
    KafkaTemplate<String, byte[]> template = new KafkaTemplate<>(producers);
    template.setMicrometerEnabled(false);
    // Its default logs every failed send with a stack trace; the dispatcher says it in a line.
    template.setProducerListener(new ProducerListener<>() {});
    return template;
  }

  @Bean
  BrokerHealth brokerHealth(
      KafkaCluster cluster,
      KafkaOptions options,
      ServedModel model,
      ServedModels models,
      ServingMetrics metrics) {
    var provisioner = options.provisioner();
    var health =
        new BrokerHealth(
            cluster.connect(),
            cluster.bootstrapServers(),
            options.groups(),
            () -> {
              metrics.show(models.names());
              return models.names();
            },
            models::knownTopics,
            () -> provisioner.provision(model.name()));
    metrics.watch(
        "queue.backlog",
        "Requests of the interactive class in the queue and on workers, whoever sent them",
        name -> health.backlog(name, RequestClass.INTERACTIVE));
    metrics.watch(
        "queue.batch.backlog",
        "Requests of the batch class in the queue and on workers, whoever sent them",
        name -> health.backlog(name, RequestClass.BATCH));
    return health;
  }

  @Bean
  Announcer readerAnnouncer(
      KafkaTemplate<String, byte[]> kafka,
      KafkaOptions options,
      ApiOptions api,
      ReplyAddress replyAddress) {
    String reader = Objects.requireNonNull(replyAddress.reader());
    long resumeMillis = api.streams().resumeTimeout().toMillis();
    return new Announcer(
        "reader " + reader,
        () -> Optional.of(Wire.encode(new ReaderState(reader, Instant.now(), resumeMillis))),
        value -> kafka.send(options.topics().workers(), ReaderState.key(reader), value));
  }

  @Bean
  RequestDispatcher requestDispatcher(
      KafkaTemplate<String, byte[]> kafka,
      KafkaOptions options,
      ApiOptions api,
      ReplyAddress replyAddress,
      Announcer announcer,
      BrokerHealth broker,
      ServedModels models,
      PrometheusMeterRegistry registry,
      Tracing tracing) {
    Timer timer =
        new Histograms(registry, Tags.empty())
            .timer(
                "request.store.time",
                "Until Kafka has a request, retries included",
                Duration.ofMillis(1),
                Duration.ofMinutes(1));
    return new RequestDispatcher(
        kafka,
        options.topics(),
        new TopicChooser(models::readTopics, broker),
        replyAddress,
        announcer,
        broker,
        api.brokerTimeout(),
        new StoreTimer(timer, tracing));
  }

  @Bean
  ReaderLife readerLife(Announcer announcer, Exchanges exchanges, RequestDispatcher dispatcher) {
    return new ReaderLife(announcer, exchanges, dispatcher);
  }

  @Bean
  Exchanges exchanges(ApiOptions options, ServingMetrics metrics, LocalReplies localReplies) {
    return new Exchanges(options.maxQueuedRequests(), metrics, localReplies);
  }

  @Bean
  AnswerDrain answerDrain(Exchanges exchanges, ApiOptions options) {
    return new AnswerDrain(exchanges, options.shutdownTimeout());
  }

  @Bean
  TopicReader replyReader(KafkaCluster cluster, ReplyAddress address, Exchanges exchanges) {
    return new TopicReader(
        cluster,
        ReplyPartition.of(address),
        OffsetSpec.latest(),
        (record, live) -> {
          if (record.key() != null && exchanges.isOpen(record.key())) {
            exchanges.deliver(Wire.decodeReply(record.value()));
          }
        });
  }

  @Bean
  ReplyReader resumedReplyReader(KafkaCluster cluster) {
    return new ReplyReader(cluster, "reply-reader");
  }

  @Bean
  ReplyLog replyLog(
      ReplyReader resumedReplyReader,
      @Qualifier("replyReader") TopicReader replyReader,
      ReplyAddress address) {
    return new ReplyLog(resumedReplyReader, replyReader, address);
  }

  @Bean
  WorkerDirectory workerDirectory(ServingMetrics metrics) {
    var directory = new WorkerDirectory(InstantSource.system());
    metrics.watch("workers", "Workers that say they live", directory::numAlive);
    return directory;
  }

  @Bean
  ModelDirectory modelDirectory(ApiOptions options) {
    return new ModelDirectory(options.modelRetention(), InstantSource.system());
  }

  @Bean
  TopicReader workerReader(
      KafkaCluster cluster, KafkaOptions options, WorkerDirectory workers, ModelDirectory models) {
    WorkerListener listener = new WorkerListener(workers, models, InstantSource.system());
    return new TopicReader(cluster, options.topics().workers(), OffsetSpec.earliest(), listener);
  }

  @Bean
  WorkersRead workersRead(@Qualifier("workerReader") TopicReader workerReader) {
    return new WorkersRead(workerReader);
  }

  @Bean
  ServedModels servedModels(
      ServedModel model,
      ProvisionedTopics provisioned,
      WorkerDirectory workers,
      ModelDirectory models) {
    return new ServedModels(model.name(), model.model(), provisioned.each(), workers, models);
  }

  @Bean
  StreamSettings streamSettings(ApiOptions options) {
    StreamOptions streams = options.streams();
    return new StreamSettings(streams.headDelay(), streams.pingInterval());
  }

  @Bean
  CompletionService completionService(
      ServedModel model,
      Exchanges exchanges,
      RequestDispatcher dispatcher,
      ReplyLog replyLog,
      ApiOptions options,
      Admission admission,
      AdmissionQueue admissionQueue) {
    StreamOptions streams = options.streams();
    Duration whole = options.requestTimeout();
    AnswerTimeouts timeouts =
        new AnswerTimeouts(
            whole,
            streams.firstTokenTimeout(whole),
            streams.interTokenTimeout(),
            streams.timeout());
    return new CompletionService(
        model.name(),
        exchanges,
        dispatcher,
        replyLog,
        timeouts,
        streams.resumeTimeout(),
        admission,
        admissionQueue);
  }
}
