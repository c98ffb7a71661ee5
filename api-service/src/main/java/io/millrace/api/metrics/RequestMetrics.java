package io.millrace.api.metrics;

import io.millrace.api.tenant.Tenant;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Reply;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.Usage;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The figures of one request: they go to the meters as they come, and into the request's line in
 * the log. Safe for use by several threads.
 */
public final class RequestMetrics {
  private static final Logger log = LoggerFactory.getLogger(RequestMetrics.class);

  private final ServingMetrics all;
  private final String id;
  private final String clientId;
  private final RequestSpan span;
  private final long startedAt = System.nanoTime();
  private volatile String model;
  private volatile Tenant tenant = Tenant.ANYONE;

  // Guarded by this.
  private boolean asked;
  private @Nullable String resumed;
  private int attempt;
  private int streamedTokens;
  private @Nullable Long queuedMillis;
  private @Nullable Long firstTokenMillis;
  private @Nullable Usage usage;
  private @Nullable FinishReason reason;
  private @Nullable FailureKind failure;

  RequestMetrics(ServingMetrics all, String id, String clientId, RequestSpan span, String model) {
    this.all = all;
    this.id = id;
    this.clientId = clientId;
    this.span = span;
    this.model = model;
  }

  /** This process's own id for the request. */
  public String id() {
    return id;
  }

  /** What its request in the queue has as traceparent; null if there is no trace. */
  public @Nullable String traceparent() {
    return span.header();
  }

  /** Who asks. */
  public Tenant tenant() {
    return tenant;
  }

  /** Says who asks. */
  public void by(Tenant asker) {
    tenant = asker;
  }

  /** Tokens so far: of prompt and answer once that is whole, before that of what was streamed. */
  public synchronized long totalTokens() {
    return usage == null ? streamedTokens : usage.totalTokens();
  }

  /** The served name of the model that is asked. */
  public String model() {
    return model;
  }

  /** Says which model is asked. */
  public synchronized void asks(String servedName) {
    model = servedName;
    asked = true;
    span.asks(servedName);
    all.of(servedName);
  }

  /** Takes note of what is asked for. */
  public void params(OutputParams output, StopCriteria stop) {
    meters().paramsN.record(output.n());
    if (stop.maxTokens() != null) {
      meters().paramsMaxTokens.record(stop.maxTokens());
    }
  }

  /** Says with which request's stream it goes on. */
  public synchronized void resumes(String request) {
    resumed = request;
  }

  /** Takes note of a reply's attempt: a higher one is another worker's. */
  public synchronized void heard(int replyAttempt) {
    if (replyAttempt <= attempt) {
      return;
    }
    attempt = replyAttempt;
    if (attempt > 1) {
      log.warn("{} is answered by another worker now, attempt {}", id, attempt);
    }
  }

  /** Takes note that a worker has taken the request. */
  public synchronized void queued(long millis) {
    queuedMillis = Math.max(0, millis);
    meters().queueTime.record(Duration.ofMillis(queuedMillis));
  }

  /** Takes note of the first text of a stream. */
  public synchronized void firstToken(long nanos) {
    firstTokenMillis = TimeUnit.NANOSECONDS.toMillis(nanos);
    meters().timeToFirstToken.record(nanos, TimeUnit.NANOSECONDS);
    all.tenant(tenant).ifPresent(it -> it.firstToken(nanos));
  }

  /**
   * Takes note of further text of a stream.
   *
   * @param nanos per token
   */
  public void laterTokens(long nanos) {
    meters().interTokenLatency.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Takes note of streamed tokens. */
  public synchronized void streamed(int tokens) {
    streamedTokens += tokens;
  }

  /** Takes note of the whole answer, unless its client has left before. */
  public synchronized void finished(Reply.Finished finished, long nanos) {
    if (failure != null) {
      return;
    }
    reason = finished.reason();
    usage = finished.usage();
    span.finished(reason, usage);
    ModelMetrics meters = meters();
    meters.requests(reason.label()).increment();
    meters.success(reason.label()).increment();
    meters.latency.record(nanos, TimeUnit.NANOSECONDS);
    meters.promptTokens.record(usage.promptTokens());
    meters.generationTokens.record(usage.completionTokens());
    all.tenant(tenant).ifPresent(it -> it.finished(finished.reason(), finished.usage()));
  }

  /** Takes note that there is no answer, or no more of it; the first reason counts. */
  public synchronized void failed(FailureKind kind) {
    if (failure != null || reason != null) {
      return;
    }
    failure = kind;
    meters().requests(kind.label()).increment();
    all.tenant(tenant).ifPresent(it -> it.failed(kind));
    if (kind == FailureKind.CANCELLED) {
      meters().success(ModelMetrics.ABORT).increment();
    } else if (isOurs(kind)) {
      meters().success(ModelMetrics.ERROR).increment();
    }
  }

  /** Takes note of a reply that was seen before. */
  public void duplicateReply() {
    all.duplicateReply();
  }

  /** Whether it failed by no fault of its client. */
  synchronized boolean hasFailedHere() {
    return failure != null && isOurs(failure);
  }

  /** Takes note of the end; a question that ends in a server error without a word has failed. */
  synchronized void ended(String method, String handler, int status) {
    all.http(method, handler, status);
    if (asked && status >= AccessLog.FIRST_SERVER_ERROR) {
      failed(FailureKind.INTERNAL);
    }
    span.end(method, handler, status, failure, hasFailedHere());
  }

  /** Adds what the request's line in the log says. */
  synchronized LoggingEventBuilder addTo(LoggingEventBuilder line, String endpoint, int status) {
    LoggingEventBuilder told = line.addKeyValue("id", id);
    told = told(told, "request_id", clientId.equals(id) ? null : clientId);
    told = told(told, "trace_id", span.traceId());
    told = told(told, "tenant", tenant.isKnown() ? tenant.name() : null);
    told = told(told, "resumes", resumed);
    told = told(told, "model", asked ? model : null);
    told = told.addKeyValue("endpoint", endpoint).addKeyValue("status", status);
    told = told(told, "reason", reason());
    told = told(told, "attempt", attempt > 1 ? attempt : null);
    told = told(told, "prompt_tokens", usage == null ? null : usage.promptTokens());
    told = told(told, "completion_tokens", tokens());
    told = told(told, "queue_ms", queuedMillis);
    told = told(told, "first_token_ms", firstTokenMillis);
    return told.addKeyValue(
        "total_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt));
  }

  private @Nullable String reason() {
    if (reason != null) {
      return reason.label();
    }
    return failure == null ? null : failure.label();
  }

  private @Nullable Integer tokens() {
    if (usage != null) {
      return usage.completionTokens();
    }
    return asked ? streamedTokens : null;
  }

  private static LoggingEventBuilder told(
      LoggingEventBuilder line, String key, @Nullable Object value) {
    return value == null ? line : line.addKeyValue(key, value);
  }

  private static boolean isOurs(FailureKind kind) {
    return kind.status() >= AccessLog.FIRST_SERVER_ERROR;
  }

  private ModelMetrics meters() {
    return all.of(model);
  }
}
