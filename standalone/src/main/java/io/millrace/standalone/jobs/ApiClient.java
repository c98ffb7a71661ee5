package io.millrace.standalone.jobs;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The flags that say which api is asked, and the way there. */
final class ApiClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int FIRST_ERROR = 400;

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8000",
      description = "Where an api is, without /v1 (default: ${DEFAULT-VALUE}).")
  private String baseUrl = "http://127.0.0.1:8000";

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description = "The key that is sent along, for a proxy that asks for one.")
  private @Nullable String apiKey;

  @Option(names = "--json", description = "Print what the api says, as JSON.")
  private boolean json;

  /** Whether what the api says is printed as it is. */
  boolean json() {
    return json;
  }

  /**
   * Asks.
   *
   * @param path begins with a slash
   * @throws StartFailure with what the api says, if it refuses or cannot be reached
   */
  JsonNode ask(String method, String path) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(baseUrl.replaceAll("/+$", "") + path))
              .timeout(TIMEOUT)
              .method(method, HttpRequest.BodyPublishers.noBody());
      if (apiKey != null) {
        request.header("Authorization", "Bearer " + apiKey);
      }
      return read(HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()));
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure("no api answers at %s (%s)".formatted(baseUrl, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted", e);
    }
  }

  private static JsonNode read(HttpResponse<String> response) {
    JsonNode body;
    try {
      body = JsonMapper.shared().readTree(response.body());
    } catch (JacksonException e) {
      throw new StartFailure(
          "what answers at %s is no api of Millrace (status %d)"
              .formatted(response.uri(), response.statusCode()),
          e);
    }
    if (response.statusCode() >= FIRST_ERROR) {
      throw new StartFailure(body.at("/error/message").asString("status " + response.statusCode()));
    }
    return body;
  }
}
