package io.millrace.endtoend;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who asks over HTTP. */
final class Client {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String base;

  Client(int port) {
    this.base = "http://127.0.0.1:" + port;
  }

  HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE).build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return postLater(path, body).get();
  }

  CompletableFuture<HttpResponse<String>> postLater(String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    return http.sendAsync(request, BodyHandlers.ofString());
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  /** The text of an answer of {@code /completion}. */
  static String text(HttpResponse<String> response) {
    return json(response).path("text").asString("no text in: " + response.body());
  }

  /** The data of a stream's events. */
  static List<String> events(HttpResponse<String> response) {
    return response
        .body()
        .lines()
        .filter(line -> line.startsWith("data:"))
        .map(line -> line.substring("data:".length()).strip())
        .toList();
  }

  /** The text of a streamed answer of {@code /completion}, which must be complete. */
  static String streamedText(HttpResponse<String> response) {
    List<String> events = events(response);
    if (events.isEmpty() || !events.get(events.size() - 1).equals("[DONE]")) {
      return "incomplete: " + response.body();
    }
    return events.subList(0, events.size() - 1).stream()
        .map(event -> JSON.readTree(event).path("text").asString(""))
        .collect(Collectors.joining());
  }
}
