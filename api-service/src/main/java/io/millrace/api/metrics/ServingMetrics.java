package io.millrace.api.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.api.tenant.Tenant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * The metrics of serving as clients see it, under vLLM's names with {@code millrace_} before them.
 * Times are those of this process: queue and way included. Tokens are counted where they are made,
 * by the workers.
 */
public final class ServingMetrics {
  /** The label that names the served model. */
  static final String MODEL = "model_name";

  private final MeterRegistry registry;
  private final String configured;
  private final Counter duplicateReplies;
  private final Map<String, ModelMetrics> models = new ConcurrentHashMap<>();
  private final Map<String, TenantMetrics> tenants = new ConcurrentHashMap<>();
  private volatile ToIntFunction<Tenant> waitingOfTenant = tenant -> 0;
  private final List<ModelGauge> gauges = new CopyOnWriteArrayList<>();

  /** A figure of each model. */
  private record ModelGauge(String name, String description, ToDoubleFunction<String> value) {
    void register(MeterRegistry registry, String model) {
      Gauge.builder("millrace." + name, () -> value.applyAsDouble(model))
          .description(description)
          .tag(MODEL, model)
          .register(registry);
    }
  }

  /**
   * @param configured the model of requests that name none, or nothing that can be read
   */
  public ServingMetrics(MeterRegistry registry, String configured) {
    this.registry = registry;
    this.configured = configured;
    duplicateReplies =
        Counter.builder("millrace.duplicate.replies")
            .description("Replies dropped as seen before")
            .register(registry);
    of(configured);
  }

  /**
   * Shows a figure of each model, of those that come as well.
   *
   * @param name without {@code millrace.}; ends in the unit unless it is a number of things
   * @param value the figure now, by the name of the model
   */
  public synchronized void watch(String name, String description, ToDoubleFunction<String> value) {
    ModelGauge gauge = new ModelGauge(name, description, value);
    gauges.add(gauge);
    models.keySet().forEach(model -> gauge.register(registry, model));
  }

  /** Shows the figures of models from now on, whether or not somebody asks them. */
  public void show(Collection<String> names) {
    names.forEach(this::of);
  }

  /** Reads the number of a tenant's waiting requests from now on. */
  public void watchTenants(ToIntFunction<Tenant> waitingNow) {
    waitingOfTenant = waitingNow;
  }

  /**
   * The figures of a request that begins now.
   *
   * @param id this process's own, unique
   * @param clientId what its client calls it; the same where it says nothing
   */
  public RequestMetrics request(String id, String clientId) {
    return request(id, clientId, RequestSpan.NONE);
  }

  /**
   * The same of a request that is traced.
   *
   * @param span ends with it
   */
  RequestMetrics request(String id, String clientId, RequestSpan span) {
    return new RequestMetrics(this, id, clientId, span, configured);
  }

  ModelMetrics of(String model) {
    ModelMetrics known = models.get(model);
    return known == null ? register(model) : known;
  }

  /** The meters of somebody who asks; empty where nobody has a key. */
  Optional<TenantMetrics> tenant(Tenant tenant) {
    return tenant.isKnown()
        ? Optional.of(
            tenants.computeIfAbsent(
                tenant.name(),
                name ->
                    new TenantMetrics(registry, name, () -> waitingOfTenant.applyAsInt(tenant))))
        : Optional.empty();
  }

  void duplicateReply() {
    duplicateReplies.increment();
  }

  /**
   * Counts an answered HTTP request, under the name and labels of vLLM's server.
   *
   * @param handler the path's pattern; there are few
   */
  void http(String method, String handler, int status) {
    Counter.builder("http.requests")
        .description("HTTP requests by method, path and status")
        .tag("method", method)
        .tag("handler", handler)
        .tag("status", Integer.toString(status))
        .register(registry)
        .increment();
  }

  private synchronized ModelMetrics register(String model) {
    return models.computeIfAbsent(
        model,
        added -> {
          gauges.forEach(gauge -> gauge.register(registry, added));
          return new ModelMetrics(registry, added);
        });
  }
}
