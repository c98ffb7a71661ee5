package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.delta;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Clients that close their connections: that is their right, and no error of the server's. */
class ClientsThatLeaveIT {
  private static final String HEAD =
      "POST /completion HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s";

  @TempDir Path folder;
  private ServedApi api;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void start() {
    api = ServedApi.start(folder, "--resume-timeout=0");
    log.start();
    root().addAppender(log);
  }

  @AfterEach
  void stop() throws InterruptedException {
    root().detachAppender(log);
    api.close();
  }

  @Test
  void leaving_isNotLoggedAsAnError() throws Exception {
    api.worker()
        .onRequest(request -> api.worker().reply(request, delta(request, 1, 1, "a".repeat(9000))));
    leaveWithin(HEAD.formatted(100, "{\"prompt\""));
    leaveWithin("POST /completion HTTP/1.1\r\nHo");
    leaveWithin(
        "POST /completion HTTP/1.1\r\n"
            + "Host: x\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "5\r\n"
            + "{\"pro\r\n"
            + "zz");
    for (String body : List.of("{\"prompt\":\"x\"}", "{\"prompt\":\"x\",\"stream\":true}")) {
      try (Socket socket = connect(HEAD.formatted(body.length(), body))) {
        var request = api.worker().takenRequest();
        if (body.contains("stream")) {
          assertThat(socket.getInputStream().read()).isPositive();
        }
        socket.setSoLinger(true, 0);
        socket.close();
        assertThat(api.worker().cancelOf(request.id())).isPresent();
      }
    }
    assertThat(api.get("/ping").statusCode()).isEqualTo(200);
    assertThat(log.list)
        .noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
        .noneMatch(event -> event.getThrowableProxy() != null);
  }

  /** Sends a part of a request and resets the connection. */
  private void leaveWithin(String part) throws IOException {
    try (Socket socket = connect(part)) {
      socket.setSoLinger(true, 0);
    }
  }

  private Socket connect(String request) throws IOException {
    Socket socket = new Socket("127.0.0.1", api.port());
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
