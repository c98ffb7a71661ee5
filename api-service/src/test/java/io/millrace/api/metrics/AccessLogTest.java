package io.millrace.api.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import io.millrace.trace.Tracing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

final class AccessLogTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(AccessLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final AccessLog log = new AccessLog(new ServingMetrics(registry, "m"), Tracing.OFF);

  @BeforeEach
  void listen() {
    logger.setLevel(Level.DEBUG);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  @Test
  void answeredRequest_isALineOfItsFigures() {
    ServerWebExchange http = post("abc-1");
    answer(
        http,
        request -> {
          request.asks("other");
          request.queued(7);
          request.firstToken(40_000_000);
          request.streamed(2);
          Reply.Choice choice =
              new Reply.Choice(0, 2, AnswerPiece.of(""), FinishReason.STOP, List.of(7), List.of());
          request.finished(new Reply.Finished("x", 1, choice, new Usage(5, 3)), 1);
        });

    Map<String, Object> line = line(Level.INFO);
    assertThat(line)
        .containsEntry("request_id", "abc-1")
        .containsEntry("model", "other")
        .containsEntry("endpoint", "POST /v1/completions")
        .containsEntry("status", 200)
        .containsEntry("reason", "stop")
        .containsEntry("prompt_tokens", 5)
        .containsEntry("completion_tokens", 3)
        .containsEntry("queue_ms", 7L)
        .containsEntry("first_token_ms", 40L)
        .containsKeys("id", "total_ms");
    assertThat(
            count("http.requests", "method", "POST", "handler", "/v1/completions", "status", "200"))
        .isEqualTo(1);
    assertThat(count("millrace.request.success", "model_name", "other", "finished_reason", "stop"))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with space", "a\nb", "ü", "{}", "a=b;c"})
  void clientsId_ofOtherCharactersIsReplaced(String id) {
    assertOwnId(id);
  }

  @Test
  void clientsId_isTakenUpToItsLimit() {
    ServerWebExchange http = post("a".repeat(128));
    answer(http, request -> {});
    assertThat(http.getResponse().getHeaders().getFirst("X-Request-Id")).hasSize(128);
    assertOwnId("a".repeat(129));
    assertOwnId(null);
  }

  @Test
  void requestThatFails_isToldWithTheStatusThatItGets() {
    ServerWebExchange http = post("abc");
    log.filter(
            http,
            same -> {
              AccessLog.request(same).asks("m");
              return Mono.error(new IllegalStateException("broken"));
            })
        .onErrorResume(
            e -> {
              http.getResponse().setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR);
              return http.getResponse().setComplete();
            })
        .block();

    assertThat(line(Level.WARN)).containsEntry("status", 500).containsEntry("reason", "internal");
    assertThat(http.getResponse().getHeaders().getFirst("X-Request-Id")).isEqualTo("abc");
    assertThat(count("millrace.request.success", "model_name", "m", "finished_reason", "error"))
        .isEqualTo(1);
  }

  @Test
  void streamThatFailsHere_isAWarning() {
    answer(
        post("abc"),
        request -> {
          request.asks("m");
          request.streamed(4);
          request.failed(FailureKind.DEADLINE);
          request.failed(FailureKind.CANCELLED);
        });
    assertThat(line(Level.WARN))
        .containsEntry("status", 200)
        .containsEntry("reason", "deadline")
        .containsEntry("completion_tokens", 4);
  }

  @Test
  void clientThatLeaves_isToldAs499() {
    ServerWebExchange http = post("abc");
    log.filter(
            http,
            same -> {
              AccessLog.request(same).asks("m");
              AccessLog.request(same).failed(FailureKind.CANCELLED);
              return Mono.never();
            })
        .subscribe()
        .dispose();
    assertThat(line(Level.INFO)).containsEntry("status", 499).containsEntry("reason", "cancelled");
    assertThat(count("millrace.request.success", "model_name", "m", "finished_reason", "abort"))
        .isEqualTo(1);
  }

  @Test
  void probes_areToldAtDebug() {
    ServerWebExchange http = exchange("/health/ready", null);
    http.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "/health/ready");
    http.getResponse().setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
    answer(http, request -> {});
    assertThat(line(Level.DEBUG)).containsEntry("status", 503).doesNotContainKey("model");
  }

  @Test
  void unknownPath_isShownInPart_andCountedAsNone() {
    ServerWebExchange http = exchange("/" + "x".repeat(500), null);
    http.getResponse().setStatusCode(HttpStatus.NOT_FOUND);
    answer(http, request -> {});
    assertThat(line(Level.INFO).get("endpoint")).asString().hasSize(4 + 1 + 64 + 3);
    assertThat(count("http.requests", "method", "POST", "handler", "none", "status", "404"))
        .isEqualTo(1);
  }

  @Test
  void anotherWorkersAnswer_isAWarning() {
    Logger metrics = (Logger) LoggerFactory.getLogger(RequestMetrics.class);
    metrics.addAppender(lines);
    try {
      RequestMetrics request = new ServingMetrics(registry, "m").request("id-1", "id-1");
      request.heard(1);
      request.heard(2);
      request.heard(1);
      request.heard(2);
    } finally {
      metrics.detachAppender(lines);
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("id-1 is answered by another worker now, attempt 2");
  }

  private void assertOwnId(@Nullable String id) {
    ServerWebExchange http = post(id);
    answer(http, request -> {});
    String own = http.getResponse().getHeaders().getFirst("X-Request-Id");
    assertThat(UUID.fromString(String.valueOf(own))).hasToString(own);
    assertThat(AccessLog.request(http).id()).isEqualTo(own);
  }

  private void answer(ServerWebExchange http, Consumer<RequestMetrics> then) {
    log.filter(
            http,
            same -> {
              then.accept(AccessLog.request(same));
              return same.getResponse().setComplete();
            })
        .block();
  }

  private static ServerWebExchange post(@Nullable String id) {
    ServerWebExchange http = exchange("/v1/completions", id);
    http.getAttributes().put(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE, "/v1/completions");
    return http;
  }

  private static ServerWebExchange exchange(String path, @Nullable String id) {
    MockServerHttpRequest.BodyBuilder request = MockServerHttpRequest.post(path);
    if (id != null) {
      request.header("X-Request-Id", id);
    }
    return MockServerWebExchange.from(request.build());
  }

  private Map<String, Object> line(Level level) {
    assertThat(lines.list).hasSize(1);
    ILoggingEvent event = lines.list.get(0);
    assertThat(event.getLevel()).isEqualTo(level);
    assertThat(event.getFormattedMessage()).isEqualTo("request ended");
    Map<String, Object> pairs = new LinkedHashMap<>();
    event.getKeyValuePairs().forEach(pair -> pairs.put(pair.key, pair.value));
    return pairs;
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }
}
