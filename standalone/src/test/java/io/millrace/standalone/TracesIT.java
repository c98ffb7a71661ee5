package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** One trace from HTTP through Kafka to the last token, as OpenTelemetry's exporters get it. */
final class TracesIT {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String JOB_TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String BATCH_TRACE = "1bf7651916cd43dd8448eb211c80319c";
  private static final String CLIENT = "00f067aa0ba902b7";
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
  private static final String EXPORTER = "otel.traces.exporter";
  private static final String ASK =
      "{\"prompt\": \"a b\", \"max_tokens\": 3, \"ignore_eos\": true}";

  private static List<SpanData> spans;

  @BeforeAll
  static void ask(@TempDir Path folder) throws Exception {
    System.setProperty(EXPORTER, "memory");
    try (var service = new MeteredService(folder)) {
      assertThat(service.ask(ASK, "traceparent", "00-" + TRACE + "-" + CLIENT + "-01").statusCode())
          .isEqualTo(200);
      assertThat(service.ask(ASK).statusCode()).isEqualTo(200);
      submit(service, JOB_TRACE, "interactive");
      submit(service, BATCH_TRACE, "batch");
    } finally {
      System.clearProperty(EXPORTER);
    }
    spans = MemorySpans.all();
  }

  private static void submit(MeteredService service, String trace, String requestClass)
      throws Exception {
    String job =
        "{\"endpoint\":\"/v1/completions\",\"class\":\"%s\",\"body\":%s}"
            .formatted(requestClass, ASK);
    JsonNode taken =
        JobsApi.json(
            service.post("/v1/jobs", job, "traceparent", "00-" + trace + "-" + CLIENT + "-01"));
    assertThat(service.ended(taken.get("id").stringValue()).get("status").stringValue())
        .isEqualTo("succeeded");
  }

  @Test
  void job_goesOnInTheTraceOfWhoeverSubmittedIt() {
    Map<String, SpanData> byName = byName(JOB_TRACE);

    SpanData sent = byName.get("send millrace.requests.tiny.interactive");
    assertThat(sent.getParentSpanId()).isEqualTo(byName.get("POST /v1/jobs").getSpanId());
    assertThat(byName.get("process millrace.requests.tiny.interactive").getParentSpanId())
        .isEqualTo(sent.getSpanId());
  }

  @Test
  void jobOfTheBatchClass_beginsATraceThatNamesWhoeverSubmittedIt() {
    SpanData submitted = byName(BATCH_TRACE).get("POST /v1/jobs");
    SpanData sent =
        spans.stream()
            .filter(span -> span.getName().equals("send millrace.requests.tiny.batch"))
            .findFirst()
            .orElseThrow();

    assertThat(byName(BATCH_TRACE)).containsOnlyKeys("POST /v1/jobs");
    assertThat(sent.getParentSpanId()).isEqualTo(SpanId.getInvalid());
    assertThat(sent.getLinks())
        .extracting(link -> link.getSpanContext().getSpanId())
        .containsExactly(submitted.getSpanId());
    assertThat(byName(sent.getTraceId()))
        .containsKeys("process millrace.requests.tiny.batch", "prefill", "decode");
  }

  @Test
  void tracedRequest_goesOnInItsClientsTraceToTheLastToken() {
    Map<String, SpanData> byName = byName(TRACE);

    assertThat(byName)
        .containsOnlyKeys(
            "POST /v1/completions",
            "send millrace.requests.tiny.interactive",
            "process millrace.requests.tiny.interactive",
            "queue",
            "prefill",
            "decode",
            "deliver");
    SpanData server = byName.get("POST /v1/completions");
    SpanData sent = byName.get("send millrace.requests.tiny.interactive");
    SpanData processed = byName.get("process millrace.requests.tiny.interactive");
    assertThat(server.getParentSpanId()).isEqualTo(CLIENT);
    assertThat(sent.getParentSpanId()).isEqualTo(server.getSpanId());
    assertThat(processed.getParentSpanId()).isEqualTo(sent.getSpanId());
    assertThat(List.of("queue", "prefill", "decode", "deliver"))
        .extracting(byName::get)
        .allSatisfy(phase -> assertThat(phase.getParentSpanId()).isEqualTo(processed.getSpanId()));
    assertThat(List.of(server, sent, processed))
        .extracting(SpanData::getKind)
        .containsExactly(SpanKind.SERVER, SpanKind.PRODUCER, SpanKind.CONSUMER);
  }

  @Test
  void phases_followOneAnother() {
    Map<String, SpanData> byName = byName(TRACE);

    assertThat(byName.get("queue").getEndEpochNanos())
        .isEqualTo(byName.get("prefill").getStartEpochNanos());
    assertThat(byName.get("prefill").getEndEpochNanos())
        .isEqualTo(byName.get("decode").getStartEpochNanos());
    assertThat(byName.get("decode").getEndEpochNanos())
        .isEqualTo(byName.get("deliver").getStartEpochNanos());
  }

  @Test
  void spans_sayWhatWasAskedAndUsed() {
    Map<String, SpanData> byName = byName(TRACE);

    assertThat(attributes(byName.get("POST /v1/completions")))
        .containsEntry("http.response.status_code", 200L)
        .containsEntry("gen_ai.request.model", "tiny")
        .containsEntry("gen_ai.usage.output_tokens", 3L);
    assertThat(attributes(byName.get("process millrace.requests.tiny.interactive")))
        .containsEntry("gen_ai.operation.name", "text_completion")
        .containsEntry("gen_ai.request.max_tokens", 3L)
        .containsEntry("gen_ai.response.finish_reasons", List.of("length"))
        .containsEntry("gen_ai.usage.output_tokens", 3L);
    assertThat(byName.values())
        .extracting(span -> span.getResource().getAttribute(SERVICE))
        .containsOnly("millrace-api", "millrace-worker");
  }

  @Test
  void requestWithoutTrace_beginsOneOfItsOwn() {
    List<SpanData> roots =
        spans.stream()
            .filter(span -> span.getName().equals("POST /v1/completions"))
            .filter(span -> span.getParentSpanId().equals(SpanId.getInvalid()))
            .toList();

    assertThat(roots).hasSize(1);
    assertThat(byName(roots.get(0).getTraceId())).hasSize(7);
  }

  private static Map<String, SpanData> byName(String trace) {
    return spans.stream()
        .filter(span -> span.getTraceId().equals(trace))
        .collect(Collectors.toMap(SpanData::getName, Function.identity()));
  }

  private static Map<String, Object> attributes(SpanData span) {
    return span.getAttributes().asMap().entrySet().stream()
        .collect(Collectors.toMap(entry -> entry.getKey().getKey(), Map.Entry::getValue));
  }
}
