package io.millrace.standalone.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/**
 * A client of an api's completions that does all of its work on its caller's thread, over
 * connections that are kept: the JDK's newer client hands each request through three threads, which
 * would be measured with the server.
 */
final class BlockingClient {
  private static final String EVENT = "data: {";

  private final URL completions;

  /**
   * @param connections that callers use at the same time at most
   */
  BlockingClient(URL completions, int connections) {
    this.completions = completions;
    // Read once in a process, at its first connection; further ones would be closed after use.
    System.setProperty("http.maxConnections", Integer.toString(connections));
  }

  /** Asks for one token, and waits for it. */
  void ask(String prompt) throws IOException {
    try (var answer = send(prompt, 1, false).getInputStream()) {
      answer.readAllBytes();
    }
  }

  /**
   * Asks for a stream, and reads it to its end.
   *
   * @param event runs at each event of it
   */
  void stream(String prompt, int tokens, Runnable event) throws IOException {
    var answer = send(prompt, tokens, true).getInputStream();
    try (var lines = new BufferedReader(new InputStreamReader(answer, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(EVENT)) {
          event.run();
        }
      }
    }
  }

  private HttpURLConnection send(String prompt, int tokens, boolean stream) throws IOException {
    String body =
        "{\"prompt\":\"%s\",\"max_tokens\":%d,\"stream\":%b}".formatted(prompt, tokens, stream);
    HttpURLConnection connection = (HttpURLConnection) completions.openConnection();
    connection.setDoOutput(true);
    try (OutputStream request = connection.getOutputStream()) {
      request.write(body.getBytes(StandardCharsets.UTF_8));
    }
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IllegalStateException("a request was answered with status " + status);
    }
    return connection;
  }
}
