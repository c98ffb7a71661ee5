package io.millrace.standalone.chat;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server of OpenAI's API, and which of its models is asked.
 *
 * @param root without {@code /v1}
 * @param model empty before one is chosen
 */
record ChatServer(URI root, @Nullable String apiKey, String model, HttpClient http) {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int OK = 200;

  ChatServer(URI root, @Nullable String apiKey) {
    this(
        root,
        apiKey,
        "",
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build());
  }

  ChatServer withModel(String name) {
    return new ChatServer(root, apiKey, name, http);
  }

  /**
   * The same server, with the model that it names first.
   *
   * @throws StartFailure if it does not answer, or has none
   */
  ChatServer withFirstModel() {
    try {
      HttpResponse<String> response =
          http.send(request("/v1/models").timeout(PATIENCE).build(), BodyHandlers.ofString());
      if (response.statusCode() != OK) {
        throw refusal(response.statusCode(), response.body());
      }
      String first = JSON.readTree(response.body()).at("/data/0/id").asString("");
      if (first.isEmpty()) {
        throw new StartFailure("the server at %s has no models".formatted(root));
      }
      return withModel(first);
    } catch (IOException | JacksonException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted", e);
    }
  }

  /** A request to a path, with the key if there is one. */
  HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path));
    return apiKey == null ? request : request.header("Authorization", "Bearer " + apiKey);
  }

  StartFailure unreachable(Exception e) {
    return new StartFailure("no server of OpenAI's API answers at %s (%s)".formatted(root, e), e);
  }

  /** What a server has said against a request. */
  static StartFailure refusal(int status, String body) {
    String told = "the server answered with status " + status;
    try {
      JsonNode message = JSON.readTree(body).at("/error/message");
      return new StartFailure(message.asString(told));
    } catch (JacksonException e) {
      return new StartFailure(told, e);
    }
  }
}
