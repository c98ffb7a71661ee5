package io.millrace.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TracingTest {
  private static final String EXPORTER = "otel.traces.exporter";
  private static final String PROTOCOL = "otel.exporter.otlp.protocol";
  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @AfterEach
  void reset() {
    System.clearProperty(EXPORTER);
    System.clearProperty(PROTOCOL);
  }

  @Test
  void withoutAnExporter_tracingIsOff() {
    assertThat(Tracing.start("a")).isSameAs(Tracing.OFF);
  }

  @Test
  void off_handsOnTheTraceThatThereIs() {
    Span span = Tracing.OFF.span("a", SpanKind.SERVER, PARENT).startSpan();

    assertThat(span.isRecording()).isFalse();
    assertThat(Tracing.header(span)).isEqualTo(PARENT);
  }

  @Test
  void off_hasNoTraceOfItsOwn() {
    assertThat(Tracing.header(Tracing.OFF.span("a", SpanKind.SERVER, null).startSpan())).isNull();
    assertThat(Tracing.header(Tracing.OFF.span("a", SpanKind.SERVER, "junk").startSpan())).isNull();
  }

  @Test
  void exporter_makesSpansOfTheCallersTrace() {
    System.setProperty(EXPORTER, "none");
    try (Tracing tracing = Tracing.start("a")) {
      Span span = tracing.span("a", SpanKind.SERVER, PARENT).startSpan();

      assertThat(span.getSpanContext().getTraceId()).isEqualTo(PARENT.substring(3, 35));
      assertThat(Tracing.header(span)).isNotEqualTo(PARENT).startsWith(PARENT.substring(0, 36));
    }
  }

  @Test
  void protocolThatIsNotSpoken_isRefusedByName() {
    System.setProperty(EXPORTER, "otlp");
    System.setProperty(PROTOCOL, "grpc");

    assertThatThrownBy(() -> Tracing.start("a"))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf")
        .hasMessageContaining("grpc");
  }

  @Test
  void otlp_canBeSent() {
    System.setProperty(EXPORTER, "otlp");

    Tracing.start("a").close();
  }

  @Test
  void unknownExporter_isToldInALine() {
    System.setProperty(EXPORTER, "carrier-pigeon");

    assertThatThrownBy(() -> Tracing.start("a"))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith("OpenTelemetry cannot be set up: ")
        .hasMessageContaining("carrier-pigeon");
  }
}
