package io.millrace.standalone.browser;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection by the DevTools protocol: commands with their results, and events by session.
 *
 * @see <a href="https://chromedevtools.github.io/devtools-protocol/">the protocol</a>
 */
final class DevTools implements WebSocket.Listener {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final long PATIENCE_SECONDS = 60;

  private final AtomicInteger commands = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> results = new ConcurrentHashMap<>();
  private final Map<String, Consumer<JsonNode>> listeners = new ConcurrentHashMap<>();
  private final StringBuilder message = new StringBuilder();
  private final WebSocket socket;

  private DevTools(String address) {
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address), this)
            .join();
  }

  static DevTools connect(String address) {
    return new DevTools(address);
  }

  /** Has the events of a session given to a listener, on the connection's thread. */
  void listen(String session, Consumer<JsonNode> listener) {
    listeners.put(session, listener);
  }

  /**
   * Sends a command.
   *
   * @param session empty for the browser itself
   */
  JsonNode send(String method, Map<String, ?> params, String session) {
    int id = commands.incrementAndGet();
    CompletableFuture<JsonNode> result = new CompletableFuture<>();
    results.put(id, result);
    Map<String, Object> command =
        session.isEmpty()
            ? Map.of("id", id, "method", method, "params", params)
            : Map.of("id", id, "method", method, "params", params, "sessionId", session);
    socket.sendText(JSON.writeValueAsString(command), true).join();
    try {
      return result.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("%s %s: %s".formatted(method, params, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    message.append(data);
    if (last) {
      receive(JSON.readTree(message.toString()));
      message.setLength(0);
    }
    webSocket.request(1);
    return CompletableFuture.completedStage(null);
  }

  private void receive(JsonNode received) {
    CompletableFuture<JsonNode> result = results.remove(received.path("id").asInt());
    Consumer<JsonNode> listener = listeners.get(received.path("sessionId").asString(""));
    if (result == null) {
      if (listener != null) {
        listener.accept(received);
      }
    } else if (received.has("error")) {
      result.completeExceptionally(new IllegalStateException(received.get("error").toString()));
    } else {
      result.complete(received.path("result"));
    }
  }

  /** Ends the browser. */
  void close() {
    send("Browser.close", Map.of(), "");
    socket.abort();
  }
}
