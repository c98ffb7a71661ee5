package io.millrace.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of one event stream, as the HTML standard has it: it knows the id to go on from. Closing
 * it closes its connection.
 */
public final class EventReader implements AutoCloseable {
  private static final String HEADER = "Last-Event-ID";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final HttpResponse<InputStream> response;
  private final BufferedReader lines;
  private String lastId;

  /**
   * An event.
   *
   * @param name empty if it has none
   */
  public record Event(String id, String name, String data) {}

  private EventReader(HttpResponse<InputStream> response) {
    this.response = response;
    this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    this.lastId = response.headers().firstValue(HEADER).orElse("");
  }

  /**
   * Asks, and has the head of the answer.
   *
   * @param after the id behind which it goes on; null for a new stream
   */
  public static EventReader open(URI endpoint, String body, @Nullable String after)
      throws IOException, InterruptedException {
    return open(
        HttpRequest.newBuilder(endpoint)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)),
        after);
  }

  /** Asks by GET for what is there already, such as the events of a job. */
  public static EventReader open(URI endpoint, @Nullable String after)
      throws IOException, InterruptedException {
    return open(HttpRequest.newBuilder(endpoint), after);
  }

  private static EventReader open(HttpRequest.Builder request, @Nullable String after)
      throws IOException, InterruptedException {
    if (after != null) {
      request.header(HEADER, after);
    }
    return new EventReader(
        CLIENT.send(request.timeout(PATIENCE).build(), BodyHandlers.ofInputStream()));
  }

  /** Of the HTTP response. */
  public int status() {
    return response.statusCode();
  }

  /** Of the last event, or of none. */
  public String lastId() {
    return lastId;
  }

  /** The next event; null at the end of the stream. */
  public @Nullable Event next() throws IOException {
    String name = "";
    String data = null;
    String line = lines.readLine();
    while (line != null && !(line.isEmpty() && data != null)) {
      if (line.startsWith("id: ")) {
        lastId = line.substring("id: ".length());
      } else if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        data = line.substring("data: ".length());
      }
      line = lines.readLine();
    }
    return data == null || line == null ? null : new Event(lastId, name, data);
  }

  /** All events up to the first that holds a text, that one included. */
  public List<Event> until(String text) throws IOException {
    List<Event> events = new ArrayList<>();
    Event event = next();
    while (event != null && !event.data().contains(text)) {
      events.add(event);
      event = next();
    }
    if (event == null) {
      throw new AssertionError("no " + text + " after " + events);
    }
    events.add(event);
    return events;
  }

  /** All events that are left. */
  public List<Event> rest() throws IOException {
    List<Event> events = new ArrayList<>();
    for (Event event = next(); event != null; event = next()) {
      events.add(event);
    }
    return events;
  }

  /** What is left of the body, as it is. */
  public String body() throws IOException {
    return String.join("\n", lines.lines().toList());
  }

  /** Any thread may close it: whoever reads then gets an exception. */
  @Override
  public void close() throws IOException {
    response.body().close();
  }
}
