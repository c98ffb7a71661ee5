package io.millrace.bench.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small OpenAI-style server that streams as many pieces as it is asked for. */
final class FakeServer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** A few bytes a write, so that neither events nor characters come whole. */
  private static final int CUT = 11;

  private final HttpServer server;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final AtomicInteger count = new AtomicInteger();
  private final List<JsonNode> bodies = new CopyOnWriteArrayList<>();
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final IntPredicate fails;
  private final boolean withUsage;

  /**
   * @param fails the numbers of requests, from 0, that are refused
   * @param withUsage whether answers end with their number of tokens
   */
  FakeServer(IntPredicate fails, boolean withUsage) throws IOException {
    this.fails = fails;
    this.withUsage = withUsage;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    server.createContext("/v1/models", e -> answer(e, 200, "{\"data\":[{\"id\":\"org/fake\"}]}"));
    server.createContext("/v1/completions", e -> complete(e, false));
    server.createContext("/v1/chat/completions", e -> complete(e, true));
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Everything that was asked. */
  List<JsonNode> bodies() {
    return bodies;
  }

  List<String> authorizations() {
    return authorizations;
  }

  private void complete(HttpExchange exchange, boolean chat) throws IOException {
    JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
    bodies.add(body);
    authorizations.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
    if (fails.test(count.getAndIncrement())) {
      answer(exchange, 503, "{\"error\":{\"message\":\"no room\"}}");
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      byte[] events = events(body, chat).getBytes(StandardCharsets.UTF_8);
      for (int at = 0; at < events.length; at += CUT) {
        out.write(events, at, Math.min(CUT, events.length - at));
        out.flush();
      }
    }
  }

  private String events(JsonNode body, boolean chat) {
    int tokens = body.path(chat ? "max_completion_tokens" : "max_tokens").asInt();
    StringBuilder events = new StringBuilder(": a comment\n\n");
    for (int i = 0; i < tokens; i++) {
      boolean last = i == tokens - 1;
      Map<String, Object> choice =
          chat
              ? Map.of("delta", Map.of("content", "ö"), "finish_reason", last ? "length" : "")
              : Map.of("text", "ö", "finish_reason", last ? "length" : "");
      append(events, Map.of("choices", List.of(choice)));
    }
    if (withUsage) {
      Map<String, Integer> usage = Map.of("prompt_tokens", 3, "completion_tokens", tokens);
      append(events, Map.of("choices", List.of(), "usage", usage));
    }
    return events.append("data: [DONE]\n\n").toString();
  }

  private static void append(StringBuilder events, Map<String, ?> chunk) {
    String json = JSON.writeValueAsString(chunk).replace("\"finish_reason\":\"\"", "\"x\":null");
    events.append("data: ").append(json).append("\n\n");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    executor.shutdownNow();
  }
}
