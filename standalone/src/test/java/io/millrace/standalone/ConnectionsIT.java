package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.finished;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are silent, slow, or too many, on plain sockets. */
class ConnectionsIT {
  private static final int MOST = 20;
  private static final int EXCESS = 20;
  private static final String QUESTION =
      "POST /completion HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s";

  @TempDir static Path folder;
  private static ServedApi api;

  @BeforeAll
  static void start() {
    api =
        ServedApi.start(
            folder,
            "--idle-timeout=2s",
            "--head-timeout=1s",
            "--body-timeout=1s",
            "--write-timeout=1s",
            "--max-connections=" + MOST);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    api.close();
  }

  @Test
  void silentConnection_isClosed() throws Exception {
    try (Socket socket = connect()) {
      assertThat(rest(socket)).isEmpty();
    }
  }

  @Test
  void connectionWithoutAnotherRequest_isClosed() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(rest(socket)).startsWith("HTTP/1.1 200 OK").endsWith("{\"status\":\"Healthy\"}");
    }
  }

  @Test
  void headThatDoesNotEnd_is408() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "GET /ping HTTP/1.1\r\nHos");
      assertThat(rest(socket))
          .startsWith("HTTP/1.1 408 Request Timeout")
          .contains("X-Request-Id: ")
          .containsIgnoringCase("connection: close")
          .endsWith(
              "{\"error\":{\"message\":\"the head of the request was not complete after 1000 ms\","
                  + "\"type\":\"invalid_request_error\",\"param\":null,"
                  + "\"code\":\"request_timeout\"}}");
    }
  }

  @Test
  void secondHeadThatDoesNotEnd_is408() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
      String first = "{\"status\":\"Healthy\"}";
      assertThat(until(socket, first)).startsWith("HTTP/1.1 200 OK");
      write(socket, "GET");
      assertThat(rest(socket)).startsWith("HTTP/1.1 408 Request Timeout");
    }
  }

  @Test
  void bodyThatDoesNotEnd_is408() throws Exception {
    try (Socket socket = connect()) {
      write(socket, QUESTION.formatted(100, "{\"prompt\":"));
      assertThat(rest(socket))
          .startsWith("HTTP/1.1 408 Request Timeout")
          .contains("the body of the request was not complete after 1000 ms");
    }
  }

  @Test
  void requestThatWaitsForItsAnswer_isNoneOfThese() throws Exception {
    api.worker().onRequest(request -> {});
    String body = "{\"prompt\":\"x\"}";
    try (Socket waiting = connect();
        Socket silent = connect()) {
      write(waiting, QUESTION.formatted(body.length(), body));
      var request = api.worker().takenRequest();
      // Longer than all limits: a connection that came later is closed by one of them.
      assertThat(rest(silent)).isEmpty();
      api.worker().reply(request, finished(request, 1, 1, "patience"));
      assertThat(until(waiting, "patience\"}")).startsWith("HTTP/1.1 200 OK");
    }
  }

  @Test
  void connectionsBeyondTheLimit_areRefused() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < MOST + EXCESS; i++) {
        sockets.add(connect());
      }
      List<String> refusals = new ArrayList<>();
      for (Socket socket : sockets) {
        // One that is refused is told unasked. It need not be among the last that were opened.
        String said = rest(socket);
        if (!said.isEmpty()) {
          refusals.add(said);
        }
      }
      assertThat(refusals)
          .isNotEmpty()
          .hasSizeLessThan(sockets.size())
          .allSatisfy(ConnectionsIT::saysThatTooManyAreConnected);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
    servesAgain();
  }

  private static void saysThatTooManyAreConnected(String response) {
    assertThat(response)
        .startsWith("HTTP/1.1 503 Service Unavailable")
        .endsWith(
            "{\"error\":{\"message\":\"too many clients are connected; try again later\","
                + "\"type\":\"server_error\",\"param\":null,\"code\":\"unavailable\"}}");
  }

  private static void servesAgain() {
    String response = "";
    while (!response.startsWith("HTTP/1.1 200")) {
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      try (Socket socket = connect()) {
        write(socket, "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        response = rest(socket);
      } catch (IOException refused) {
        response = String.valueOf(refused.getMessage());
      }
    }
  }

  @Test
  void clientThatDoesNotRead_isLeft() throws Exception {
    // More than the system holds for a connection.
    String text = "x".repeat(7_000_000);
    api.worker().onRequest(request -> api.worker().reply(request, finished(request, 1, 1, text)));
    String body = "{\"prompt\":\"x\"}";
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new InetSocketAddress("127.0.0.1", api.port()));
      write(socket, QUESTION.formatted(body.length(), body));
      assertThat(until(socket, "\r\n\r\n")).startsWith("HTTP/1.1 200 OK");
      // Each is closed after as long as the answer may take.
      silentConnection_isClosed();
      silentConnection_isClosed();
      assertThat(lengthOfRest(socket)).isLessThan(text.length());
    }
  }

  private static int lengthOfRest(Socket socket) {
    byte[] buffer = new byte[65_536];
    int length = 0;
    try {
      for (int read = 0; read >= 0; read = socket.getInputStream().read(buffer)) {
        length += read;
      }
    } catch (IOException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
    return length;
  }

  private static Socket connect() throws IOException {
    return new Socket("127.0.0.1", api.port());
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** What comes until the connection is closed. */
  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String until(Socket socket, String end) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = in.read();
      assertThat(next).as(read.toString()).isNotNegative();
      read.append((char) next);
    }
    return read.toString();
  }
}
