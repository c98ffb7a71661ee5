package io.millrace.standalone.client;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server of OpenAI's API, or of more of Millrace's, as commands ask it.
 *
 * @param root without {@code /v1}
 * @param apiKey null where none is sent
 */
public record ApiServer(URI root, @Nullable String apiKey, HttpClient http) {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int FIRST_ERROR = 400;

  public ApiServer(URI root, @Nullable String apiKey) {
    this(
        root,
        apiKey,
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build());
  }

  /**
   * The server that a flag names, with {@code /v1} or without.
   *
   * @throws StartFailure if it is no URL
   */
  public static ApiServer of(String url, @Nullable String apiKey) {
    try {
      String bare = url.replaceAll("/+$", "").replaceFirst("/v1$", "");
      URI uri = URI.create(bare.contains("://") ? bare : "http://" + bare);
      if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
        return new ApiServer(uri, apiKey);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new StartFailure("--url must be a URL such as http://127.0.0.1:8000, but is " + url);
  }

  /** A request to a path, with the key if there is one. */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path));
    return apiKey == null ? request : request.header("Authorization", "Bearer " + apiKey);
  }

  /**
   * Asks for JSON.
   *
   * @throws StartFailure with what the server says, if it refuses or does not answer
   */
  public JsonNode ask(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
      if (response.statusCode() >= FIRST_ERROR) {
        throw refusal(response.statusCode(), response.body());
      }
      return JsonMapper.shared().readTree(response.body());
    } catch (IOException | JacksonException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted", e);
    }
  }

  /** The failure of a command that has no answer. */
  public StartFailure unreachable(Exception e) {
    return new StartFailure("no server answers at %s (%s)".formatted(root, e), e);
  }

  /** What a server has said against a request. */
  public static StartFailure refusal(int status, String body) {
    String told = "the server answered with status " + status;
    try {
      JsonNode message = JsonMapper.shared().readTree(body).at("/error/message");
      return new StartFailure(message.asString(told));
    } catch (JacksonException e) {
      return new StartFailure(told, e);
    }
  }
}
