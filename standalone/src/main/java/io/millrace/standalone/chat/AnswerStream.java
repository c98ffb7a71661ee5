package io.millrace.standalone.chat;

import io.millrace.cli.StartFailure;
import io.millrace.standalone.client.ApiServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A chat's answer as it is written. A connection that is lost is taken up again where the server
 * gives ids to its events: the same body with the last one gives exactly the rest. One thread runs
 * it, any may stop it.
 */
final class AnswerStream {
  private static final String ID = "Last-Event-ID";
  private static final Set<Integer> PASSING = Set.of(502, 503, 504);
  private static final int OK = 200;
  private static final int MOST_TRIES = 10;
  private static final long FIRST_PAUSE_MILLIS = 200;
  private static final long LONGEST_PAUSE_MILLIS = 4000;

  private final ApiServer server;
  private final String body;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private @Nullable String lastId;
  private int tries;
  private volatile @Nullable InputStream open;

  AnswerStream(ApiServer server, String body) {
    this.server = server;
    this.body = body;
  }

  boolean isStopped() {
    return stopped.getCount() == 0;
  }

  /** Ends the answer; what was told stays. */
  void stop() {
    stopped.countDown();
    InputStream events = open;
    if (events != null) {
      close(events);
    }
  }

  private static void close(InputStream events) {
    try {
      events.close();
    } catch (IOException e) {
      // It is read no more.
    }
  }

  /**
   * Tells all events, and returns at the end of the answer or once it is stopped.
   *
   * @throws StartFailure with what the server says, if it refuses or fails, or is lost
   */
  void run(Consumer<JsonNode> chunks) throws InterruptedException {
    boolean done = false;
    while (!done && !isStopped()) {
      done = attempt(chunks);
    }
  }

  private boolean attempt(Consumer<JsonNode> chunks) throws InterruptedException {
    try {
      HttpResponse<InputStream> response = ask();
      try (InputStream events = response.body()) {
        open = events;
        if (response.statusCode() == OK) {
          lastId = lastId == null ? response.headers().firstValue(ID).orElse(null) : lastId;
          if (!isStopped() && read(events, chunks)) {
            return true;
          }
        } else if (lastId == null || !PASSING.contains(response.statusCode())) {
          throw ApiServer.refusal(
              response.statusCode(), new String(events.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
      pause(new IOException("the stream has ended before the answer"));
    } catch (IOException e) {
      pause(e);
    }
    return false;
  }

  private HttpResponse<InputStream> ask() throws IOException, InterruptedException {
    HttpRequest.Builder request =
        server
            .request("/v1/chat/completions")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    if (lastId != null) {
      request.header(ID, lastId);
    }
    return server.http().send(request.build(), BodyHandlers.ofInputStream());
  }

  /** Whether the answer came to its end. */
  private boolean read(InputStream events, Consumer<JsonNode> chunks) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8));
    String id = lastId;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("id:")) {
        id = line.substring("id:".length()).strip();
      } else if (line.startsWith("data:")) {
        String data = line.substring("data:".length()).strip();
        if (data.equals("[DONE]")) {
          return true;
        }
        JsonNode chunk = JsonMapper.shared().readTree(data);
        if (chunk.has("error")) {
          throw ApiServer.refusal(0, data);
        }
        lastId = id;
        tries = 0;
        chunks.accept(chunk);
      }
    }
    return false;
  }

  /** Before the next try; without an id nobody knows whether the question was taken. */
  private void pause(IOException lost) throws InterruptedException {
    if (isStopped()) {
      return;
    }
    if (lastId == null || tries >= MOST_TRIES) {
      throw server.unreachable(lost);
    }
    long pause = Math.min(FIRST_PAUSE_MILLIS << tries, LONGEST_PAUSE_MILLIS);
    tries++;
    boolean ended = stopped.await(pause, TimeUnit.MILLISECONDS);
    if (ended) {
      open = null;
    }
  }
}
