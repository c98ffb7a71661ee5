package io.millrace.api.dispatch;

import io.millrace.api.error.RequestFailed;
import io.millrace.kafka.Announcer;
import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.Echo;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** The writer of requests and cancels to Kafka. */
public final class RequestDispatcher {
  private static final Logger log = LoggerFactory.getLogger(RequestDispatcher.class);

  /** How long a record may take to be stored, longer than the producer waits for metadata. */
  private static final Duration PATIENCE = Duration.ofSeconds(6);

  private static final Duration LOCATE_AGAIN = Duration.ofMillis(200);

  private final KafkaTemplate<String, byte[]> kafka;
  private final TopicNames names;
  private final TopicChooser topics;
  private final ReplyAddress replyAddress;
  private final BrokerHealth broker;
  private final Announcer announcer;
  private final Duration brokerTimeout;
  private final StoreTimer stored;

  /** Those that are not stored yet. */
  private final Set<CompletableFuture<?>> cancels = ConcurrentHashMap.newKeySet();

  /**
   * @param topics chooses among the topics of a model and class
   * @param replyAddress where this process reads, and under which name
   * @param announcer of that name
   * @param brokerTimeout how long a request waits while no broker answers
   * @param stored takes how long it was until requests were stored
   */
  public RequestDispatcher(
      KafkaTemplate<String, byte[]> kafka,
      TopicNames names,
      TopicChooser topics,
      ReplyAddress replyAddress,
      Announcer announcer,
      BrokerHealth broker,
      Duration brokerTimeout,
      StoreTimer stored) {
    this.kafka = kafka;
    this.names = names;
    this.topics = topics;
    this.replyAddress = replyAddress;
    this.broker = broker;
    this.announcer = announcer;
    this.brokerTimeout = brokerTimeout;
    this.stored = stored;
  }

  /**
   * Where this process reads replies; and under which name, if workers hear that it lives. Without,
   * answers are made whether it lives or not.
   */
  public ReplyAddress replyAddress() {
    return announcer.isHeard() ? replyAddress : replyAddress.withReader(null);
  }

  /**
   * Sends once subscribed, as soon as a broker answers; completes when the request is safe, and
   * fails with {@link RequestFailed} when no broker takes it in time. Whoever subscribes may wait
   * for metadata, but for Reactor's threads that must not: most come from a thread that may, and to
   * change to another one takes as long as to send.
   */
  public Mono<Void> send(GenerationRequest request) {
    return Mono.defer(
        () -> {
          Mono<RecordPlace> sent =
              send(request, request.scheduling().tier().requestClass(), this::write);
          return (Schedulers.isInNonBlockingThread() ? elsewhere(sent) : sent).then();
        });
  }

  /** The same to the queue of a class, for any thread; completes with the place of the request. */
  public Mono<RecordPlace> send(GenerationRequest request, RequestClass requestClass) {
    return send(request, requestClass, this::store);
  }

  private Mono<RecordPlace> send(
      GenerationRequest request,
      RequestClass requestClass,
      BiFunction<String, Supplier<ProducerRecord<String, byte[]>>, Mono<RecordPlace>> storage) {
    String topic = names.requests(topics.next(request.model(), requestClass));
    // Thousands of them may have one asker, and be answered hours later.
    boolean ownTrace = request.reply().stored() && requestClass == RequestClass.BATCH;
    return stored.time(
        topic, request, ownTrace, traced -> storage.apply(topic, () -> record(topic, traced)));
  }

  private static ProducerRecord<String, byte[]> record(String topic, GenerationRequest request) {
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic, request.id(), Wire.encode(request));
    String trace = request.echo().traceparent();
    if (trace != null) {
      record.headers().add(Echo.TRACE_HEADER, trace.getBytes(StandardCharsets.US_ASCII));
    }
    return record;
  }

  /**
   * Stores a record once subscribed, as soon as a broker answers; completes with its place, and
   * fails with {@link RequestFailed} when no broker takes it in time.
   *
   * @param record makes the record, when the partitions of its topic are known
   */
  public Mono<RecordPlace> store(String topic, Supplier<ProducerRecord<String, byte[]>> record) {
    return elsewhere(write(topic, record));
  }

  /**
   * The producer may block for metadata, which neither an event loop nor a reader of replies may.
   */
  private static <T> Mono<T> elsewhere(Mono<T> write) {
    return write.subscribeOn(Schedulers.boundedElastic());
  }

  /**
   * How many partitions a topic has. May wait for a broker, so it is nothing for an event loop.
   *
   * @throws RequestFailed if no broker says so in time
   */
  public int partitions(String topic) {
    try {
      return kafka.partitionsFor(topic).size();
    } catch (KafkaException e) {
      throw unreachable();
    }
  }

  private Mono<RecordPlace> write(String topic, Supplier<ProducerRecord<String, byte[]>> record) {
    return Mono.defer(this::awaitBroker)
        .then(Mono.defer(() -> locate(topic)))
        .then(Mono.fromFuture(() -> kafka.send(record.get()), true))
        .map(sent -> sent.getRecordMetadata())
        .map(at -> new RecordPlace(at.topic(), at.partition(), at.offset()))
        .timeout(brokerTimeout.plus(PATIENCE))
        .onErrorMap(RequestDispatcher::failure);
  }

  private Mono<Void> awaitBroker() {
    return broker.reachable()
        ? Mono.empty()
        : broker
            .awaitReachable()
            .timeout(brokerTimeout)
            .onErrorMap(late -> unreachable())
            .publishOn(Schedulers.boundedElastic());
  }

  /**
   * Completes when the producer knows where the topic is, so that sending waits for no metadata: a
   * failure to send would leave open whether the request was stored.
   */
  private Mono<Void> locate(String topic) {
    Mono<Void> located = Mono.fromRunnable(() -> kafka.partitionsFor(topic));
    // Retries are only made ready when they are needed, which costs as much as to send.
    return located.onErrorResume(TimeoutException.class, late -> locateLater(located));
  }

  private static Mono<Void> locateLater(Mono<Void> located) {
    return located
        .delaySubscription(LOCATE_AGAIN, Schedulers.boundedElastic())
        .retryWhen(Retry.indefinitely().filter(TimeoutException.class::isInstance));
  }

  private static Throwable failure(Throwable e) {
    Throwable root = e;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      root = cause;
      if (cause instanceof RequestFailed) {
        return cause;
      }
      if (cause instanceof RecordTooLargeException) {
        return new RequestFailed(FailureKind.INVALID, "the request is too large for the queue");
      }
    }
    log.warn("a request could not be sent: {}", root.toString());
    return unreachable();
  }

  private static RequestFailed unreachable() {
    return new RequestFailed(
        FailureKind.UNAVAILABLE, "the request queue cannot be reached; try again later");
  }

  /**
   * Tells all workers that this process reads the answer to a request from now on, once subscribed;
   * completes and fails as {@link #send}.
   */
  public Mono<Void> resume(String id) {
    String topic = names.control();
    return store(topic, () -> new ProducerRecord<>(topic, id, Wire.encode(resumed(id)))).then();
  }

  private ControlMessage resumed(String id) {
    return new ControlMessage.Resume(id, reader(), announcer.isHeard());
  }

  private String reader() {
    return Objects.requireNonNull(replyAddress.reader());
  }

  /**
   * Tells all workers that this process waits for an answer no more, and so nobody does unless
   * another one has resumed it; as soon as a broker answers. Returns at once.
   */
  public void cancel(String id, String why) {
    byte[] value = Wire.encode(new ControlMessage.Cancel(id, why, reader()));
    CompletableFuture<RecordPlace> stored =
        store(names.control(), () -> new ProducerRecord<>(names.control(), id, value))
            .doOnError(e -> log.debug("{} cannot be cancelled: {}", id, e.toString()))
            .toFuture();
    cancels.add(stored);
    stored.whenComplete((sent, e) -> cancels.remove(stored));
  }

  /** The same once subscribed; completes when the cancel is stored. */
  public Mono<RecordPlace> storeCancel(String id, String why) {
    byte[] value = Wire.encode(new ControlMessage.Cancel(id, why));
    return store(names.control(), () -> new ProducerRecord<>(names.control(), id, value));
  }

  /** Waits until the cancels so far are stored, or lost, for as long as a producer tries. */
  public void awaitCancels() {
    var all = CompletableFuture.allOf(cancels.toArray(CompletableFuture<?>[]::new));
    try {
      all.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      log.warn("not all cancels could be sent: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
