package io.millrace.trace;

import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import io.millrace.protocol.Echo;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The tracing of a service by OpenTelemetry. It is off unless OpenTelemetry's own variables name an
 * exporter or where to send to; then, too, the trace of a request that came with one is handed on.
 */
public final class Tracing implements AutoCloseable {
  /** Writes no spans. */
  public static final Tracing OFF = new Tracing(OpenTelemetry.noop(), () -> {});

  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  /** Each turns tracing on. */
  private static final List<String> SWITCHES =
      List.of(
          "otel.traces.exporter",
          "otel.exporter.otlp.endpoint",
          "otel.exporter.otlp.traces.endpoint");

  /** The one that Java's own HTTP client can speak. */
  private static final String PROTOCOL = "http/protobuf";

  private static final List<String> PROTOCOLS =
      List.of("otel.exporter.otlp.protocol", "otel.exporter.otlp.traces.protocol");

  /** What is not asked for: metrics are Prometheus's, and the log has its own formats. */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "otel.metrics.exporter", "none",
          "otel.logs.exporter", "none",
          "otel.exporter.otlp.protocol", PROTOCOL);

  /** Of java.util.logging, which forgets the filters of loggers that nobody holds. */
  private static final Logger EXPORTER =
      Logger.getLogger("io.opentelemetry.exporter.internal.http.HttpExporter");

  private final Tracer tracer;
  private final Runnable close;

  private Tracing(OpenTelemetry telemetry, Runnable close) {
    this.tracer = telemetry.getTracer("io.millrace");
    this.close = close;
  }

  /**
   * Starts to trace if that is asked for.
   *
   * @param service its name, unless {@code OTEL_SERVICE_NAME} gives another
   * @throws StartFailure if a variable of OpenTelemetry is wrong
   */
  public static Tracing start(String service) {
    if (SWITCHES.stream().allMatch(name -> setting(name).isEmpty())) {
      return OFF;
    }
    PROTOCOLS.forEach(Tracing::requireProtocol);
    tellInTheLog();
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .disableShutdownHook()
              .addPropertiesSupplier(() -> DEFAULTS)
              .addPropertiesSupplier(() -> Map.of("otel.service.name", service))
              .build()
              .getOpenTelemetrySdk();
      return new Tracing(sdk, sdk::close);
    } catch (ConfigurationException e) {
      throw new StartFailure("OpenTelemetry cannot be set up: " + e.getMessage(), e);
    }
  }

  /** Has OpenTelemetry say in the log, and in a line, that it cannot send. */
  private static void tellInTheLog() {
    if (!SLF4JBridgeHandler.isInstalled()) {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
    EXPORTER.setFilter(Tracing::withoutTrace);
  }

  private static boolean withoutTrace(LogRecord record) {
    Throwable why = record.getThrown();
    if (why != null) {
      record.setMessage(record.getMessage() + " " + why);
      record.setThrown(null);
    }
    return true;
  }

  private static void requireProtocol(String name) {
    setting(name)
        .ifPresent(
            value ->
                Flags.require(
                    value.equals(PROTOCOL), variable(name), PROTOCOL + " (port 4318)", value));
  }

  /** By OpenTelemetry's rules: a system property, or a variable by the same name in capitals. */
  private static Optional<String> setting(String name) {
    return Optional.ofNullable(System.getProperty(name))
        .or(() -> Optional.ofNullable(System.getenv(variable(name))))
        .filter(value -> !value.isBlank());
  }

  private static String variable(String name) {
    return name.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  /**
   * A span that is still to begin.
   *
   * @param parent what the caller's {@code traceparent} says; null for a trace of its own
   */
  public SpanBuilder span(String name, SpanKind kind, @Nullable String parent) {
    return tracer.spanBuilder(name).setSpanKind(kind).setParent(context(parent));
  }

  /**
   * A span that is still to begin, in a trace of its own that names another one.
   *
   * @param linked what the {@code traceparent} of the other one says
   */
  public SpanBuilder linkedSpan(String name, SpanKind kind, String linked) {
    return tracer
        .spanBuilder(name)
        .setSpanKind(kind)
        .setNoParent()
        .addLink(Span.fromContext(context(linked)).getSpanContext());
  }

  /** A span within another one, still to begin. */
  public SpanBuilder span(String name, Span parent) {
    return tracer.spanBuilder(name).setParent(Context.root().with(parent));
  }

  private static Context context(@Nullable String parent) {
    return parent == null
        ? Context.root()
        : W3C.extract(Context.root(), Map.of(Echo.TRACE_HEADER, parent), MapGetter.INSTANCE);
  }

  /** What others hear of a span as their parent; null if there is no trace. */
  public static @Nullable String header(Span span) {
    if (!span.getSpanContext().isValid()) {
      return null;
    }
    String[] value = new String[1];
    W3C.inject(
        Context.root().with(span),
        value,
        (carrier, key, text) -> {
          if (key.equals(Echo.TRACE_HEADER) && carrier != null) {
            carrier[0] = text;
          }
        });
    return value[0];
  }

  /** Sends what waits to be sent. */
  @Override
  public void close() {
    close.run();
  }

  private enum MapGetter implements TextMapGetter<Map<String, String>> {
    INSTANCE;

    @Override
    public Iterable<String> keys(Map<String, String> carrier) {
      return carrier.keySet();
    }

    @Override
    public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
      return carrier == null ? null : carrier.get(key);
    }
  }
}
