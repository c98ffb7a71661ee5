package io.millrace.bench.serve;

import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server that is measured, over HTTP/1.1. */
final class Server implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final int OK = 200;
  private static final int SHOWN = 300;
  private static final double NANOS_A_SECOND = 1e9;

  static {
    // Servers close idle connections after a few seconds; a request on such a one would fail.
    System.setProperty("jdk.httpclient.keepalive.timeout", "2");
  }

  private final Map<String, String> headers;
  private final ExecutorService executor;
  private final HttpClient client;

  Server(Map<String, String> headers) {
    this.headers = headers;
    // One thread reads all answers: the cores are the server's.
    this.executor = Executors.newSingleThreadExecutor(Server::daemon);
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(executor)
            .build();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "bench-http");
    thread.setDaemon(true);
    return thread;
  }

  /** Seconds of a clock that has no particular beginning. */
  static double seconds() {
    return System.nanoTime() / NANOS_A_SECOND;
  }

  /** The name of the first model. */
  String firstModel(URI models) {
    try {
      HttpResponse<String> response =
          client.send(request(models).GET().build(), BodyHandlers.ofString());
      JsonNode first = JsonMapper.shared().readTree(response.body()).path("data").path(0);
      if (response.statusCode() == OK && first.hasNonNull("id")) {
        return first.path("id").asString();
      }
      throw new StartFailure(
          "%s names no model (status %d): give --model".formatted(models, response.statusCode()));
    } catch (IOException e) {
      throw new StartFailure("%s cannot be reached (%s)".formatted(models, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted", e);
    }
  }

  /** Why {@link #firstModel} has no answer yet, or null if it has. */
  @Nullable String whyNoModel(URI models) {
    try {
      firstModel(models);
      return null;
    } catch (StartFailure e) {
      return e.getMessage();
    }
  }

  /** A request that is ready to be sent. */
  HttpRequest post(URI endpoint, byte[] body) {
    return request(endpoint)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofByteArray(body))
        .build();
  }

  private HttpRequest.Builder request(URI uri) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(uri);
    headers.forEach(builder::setHeader);
    return builder;
  }

  /** Sends a request; what comes never fails but with an {@link Outcome} that says so. */
  CompletableFuture<Outcome> send(HttpRequest request, int promptTokens) {
    double start = seconds();
    return client
        .sendAsync(request, info -> subscriber(info, start, promptTokens))
        .handle(
            (response, failure) ->
                failure == null
                    ? response.body()
                    : Outcome.failed(
                        "%s: %s".formatted(request.uri(), reason(failure)), start, promptTokens));
  }

  private static BodySubscriber<Outcome> subscriber(
      ResponseInfo info, double start, int promptTokens) {
    if (info.statusCode() == OK) {
      return new StreamedAnswer(Server::seconds, start, promptTokens);
    }
    return BodySubscribers.mapping(
        BodySubscribers.ofString(StandardCharsets.UTF_8),
        body ->
            Outcome.failed(
                "status %d: %s".formatted(info.statusCode(), shortened(body.strip())),
                start,
                promptTokens));
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.toString();
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
