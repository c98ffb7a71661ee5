package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which HTTP comes, byte by byte: old clients, packed bodies, and what is no HTTP. */
class HttpFormsIT {
  private static final String QUESTION = "{\"prompt\":\"x\"}";
  private static final String OLD = "POST /completion HTTP/1.0\r\nContent-Length: %d\r\n%s\r\n%s";

  @TempDir static Path folder;
  private static ServedApi api;

  @BeforeAll
  static void start() {
    api = ServedApi.start(folder, "--idle-timeout=5s", "--root-path=/llm");
    api.worker()
        .onRequest(
            request ->
                api.worker()
                    .reply(
                        request,
                        request.stream()
                            ? new Reply[] {
                              delta(request, 1, 1, "a"),
                              delta(request, 1, 2, "b"),
                              rest(request, 1, 3, "c")
                            }
                            : new Reply[] {finished(request, 1, 3, "abc")}));
  }

  @AfterAll
  static void stop() throws InterruptedException {
    api.close();
  }

  @Test
  void streamToAnOldClient_hasNoChunksAndEndsItsConnection() throws Exception {
    String body = "{\"prompt\":\"x\",\"stream\":true}";
    String response = send(OLD.formatted(body.length(), "", body));
    assertThat(response)
        .matches("(?s)HTTP/1.. 200 OK.*")
        .doesNotContainIgnoringCase("transfer-encoding")
        .containsIgnoringCase("connection: close");
    assertThat(response.substring(response.indexOf("\r\n\r\n") + 4).lines())
        .allMatch(line -> line.isEmpty() || line.matches("(data|id|): .*"))
        .endsWith("data: [DONE]", "");
  }

  @Test
  void oldClientThatWouldKeepItsConnection_getsTheSame() throws Exception {
    String streamed = "{\"prompt\":\"x\",\"stream\":true}";
    String response =
        send(OLD.formatted(streamed.length(), "Connection: keep-alive\r\n", streamed));
    assertThat(response)
        .doesNotContainIgnoringCase("transfer-encoding")
        .endsWith("data: [DONE]\n\n");
    assertThat(send(OLD.formatted(QUESTION.length(), "", QUESTION)))
        .containsIgnoringCase("content-length: ")
        .endsWith("\"text\":\"abc\"}");
  }

  @Test
  void newClient_hasChunks() throws Exception {
    String body = "{\"prompt\":\"x\",\"stream\":true}";
    String response =
        send(
            "POST /completion HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(body.length(), body));
    assertThat(response).containsIgnoringCase("transfer-encoding: chunked").endsWith("0\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "deflate", "raw deflate", "identity"})
  void packedBody_isRead(String coding) throws Exception {
    byte[] body = packed(coding, QUESTION.getBytes(StandardCharsets.UTF_8));
    assertThat(post(coding.replace("raw ", ""), body))
        .startsWith("HTTP/1.1 200 OK")
        .contains("\"text\":\"abc\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void bodyThatIsTooLargeUnpacked_is413(String coding) throws Exception {
    byte[] zeros = new byte[64 << 20];
    assertThat(post(coding, packed(coding, zeros)))
        .startsWith("HTTP/1.1 413 ")
        .contains("the body may have at most 8388608 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void bodyThatIsNotPackedAsItSays_is400(String coding) throws Exception {
    byte[] whole = packed(coding, QUESTION.getBytes(StandardCharsets.UTF_8));
    byte[] half = java.util.Arrays.copyOf(whole, whole.length / 2);
    assertThat(post(coding, half)).startsWith("HTTP/1.1 400 ").contains("is not valid " + coding);
    assertThat(post(coding, QUESTION.getBytes(StandardCharsets.UTF_8)))
        .startsWith("HTTP/1.1 400 ")
        .contains("is not valid " + coding);
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "zstd", "gzip, gzip"})
  void codingThatIsNotKnown_is415(String coding) throws Exception {
    assertThat(post(coding, QUESTION.getBytes(StandardCharsets.UTF_8)))
        .startsWith("HTTP/1.1 415 ")
        .containsIgnoringCase("accept-encoding: gzip, deflate")
        .contains("Content-Encoding must be gzip or deflate, but is " + coding);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET /v1/models/%zz HTTP/1.1 | 400 | the path holds a character or an escape that no URI"
            + " has",
        "GET /v1/models/a% HTTP/1.1 | 400 | the path holds a character or an escape that no URI"
            + " has",
        "GET /v1/models/{a} HTTP/1.1 | 400 | the path holds a character or an escape that no URI"
            + " has",
        "GET | 400 | the request is not HTTP/1.1",
        "GET /ping HTTP/1.1^Content-Length: x | 400 | the request is not HTTP/1.1",
        "GET /ping HTTP/1.1^Content-Length: 1^Content-Length: 2 | 400 | is not HTTP/1.1",
        "GET /ping HTTP/1.1^bad header: x | 400 | the request is not HTTP/1.1",
        "GET /ping HTTP/1.1^Host: x:y:z | 400 | the request is not HTTP/1.1",
        "POST /chat HTTP/1.1^Transfer-Encoding: chunked^^zz | 400 | is not HTTP/1.1",
        "GET /LONG HTTP/1.1 | 414 | the first line of a request may have at most 4096 bytes",
        "GET / HTTP/1.1^X: LONG | 431 | the headers of a request may have at most 8192 bytes",
        "PUT /chat HTTP/1.1 | 405 | /chat takes POST, not PUT",
        "GET /nothing HTTP/1.1 | 404 | there is no /nothing; /docs shows what there is"
      })
  void whatCannotBeServed_isToldInJson(String head, int status, String message) throws Exception {
    String sent = head.replace("LONG", "x".repeat(10_000)).replace("^", "\r\n");
    String response = send(sent + "\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(response)
        .startsWith("HTTP/1.1 " + status + " ")
        .containsIgnoringCase("content-type: application/json")
        .contains("{\"error\":{\"message\":\"")
        .contains(message)
        .contains("\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//v1/models",
        "/v1//models",
        "/v1/models/",
        "/v1/models//",
        "/llm/v1/models",
        "//llm//v1/models/",
        "/v1/models?x=//y/"
      })
  void path_isFoundWhateverItsSlashes(String path) throws Exception {
    assertThat(send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK")
        .contains("\"object\":\"list\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"//completion", "/completion/", "/llm/completion/"})
  void questionAtSuchAPath_isAnswered(String path) throws Exception {
    assertThat(api.post("http://127.0.0.1:" + api.port() + path, QUESTION).body())
        .contains("\"text\":\"abc\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/llm", "/llm/", "//"})
  void firstPage_leadsToAllOthers(String path) throws Exception {
    String page = send("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(page)
        .startsWith("HTTP/1.1 200 OK")
        .containsIgnoringCase("content-type: text/html;charset=utf-8")
        .contains("SmolLM2-135M-Instruct")
        .contains("Content-Security-Policy: default-src 'none'; script-src 'self'; ");
    List<String> links =
        Pattern.compile("href=\"([^\"#]+)\"").matcher(page).results().map(m -> m.group(1)).toList();
    assertThat(links).hasSizeGreaterThan(8);
    for (String link : links) {
      assertThat(send("GET " + link + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
          .as(link)
          .matches("(?s)HTTP/1.1 (200|503) .*");
    }
  }

  @ParameterizedTest
  @CsvSource({"/docs, */*", "/docs/, text/html", "/llm/docs/, application/json"})
  void docs_areAPage(String path, String accepted) throws Exception {
    assertThat(
            send(
                "GET %s HTTP/1.1\r\nHost: x\r\nAccept: %s\r\nConnection: close\r\n\r\n"
                    .formatted(path, accepted)))
        .startsWith("HTTP/1.1 200 OK")
        .contains("swagger-ui-bundle.js");
  }

  @Test
  void errors_repeatOnlyTheBeginningOfWhatWasSent() throws Exception {
    String longText = "y".repeat(100_000);
    assertThat(api.post("/v1/completions", "{\"prompt\":\"x\",\"model\":\"" + longText + "\"}"))
        .satisfies(response -> assertThat(response.statusCode()).isEqualTo(404))
        .satisfies(response -> assertThat(response.body()).contains("yyy...").hasSizeLessThan(300));
    for (String body :
        new String[] {
          "{\"prompt\":\"x\",\"n\":\"L\"}",
          "{\"prompt\":\"x\",\"logit_bias\":{\"L\":1}}",
          "{\"prompt\":\"x\",\"response_format\":{\"type\":\"L\"}}",
          "{\"messages\":[{\"role\":\"user\",\"content\":{\"a\":\"L\"}}],\"prompt\":{\"a\":\"L\"}}",
          "{\"prompt\":L}",
          "\"L\""
        }) {
      assertThat(api.post("/v1/completions", body.replace("L", longText)))
          .satisfies(response -> assertThat(response.statusCode()).isEqualTo(400))
          .satisfies(response -> assertThat(response.body()).hasSizeLessThan(400));
    }
    assertThat(send("L".repeat(3000) + " /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ")
        .contains("/ping takes GET, not LLL")
        .hasSizeLessThan(600);
  }

  private static String post(String coding, byte[] body) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(
        ("POST /completion HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Encoding: %s\r\n"
                + "Content-Length: %d\r\n\r\n")
            .formatted(coding, body.length)
            .getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    return send(request.toByteArray());
  }

  private static String send(String request) throws IOException {
    return send(request.getBytes(StandardCharsets.UTF_8));
  }

  /** All that comes until the connection is closed. */
  private static String send(byte[] request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", api.port())) {
      socket.getOutputStream().write(request);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static byte[] packed(String coding, byte[] body) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out =
        switch (coding) {
          case "deflate" -> new DeflaterOutputStream(packed);
          case "raw deflate" -> new DeflaterOutputStream(packed, new Deflater(9, true));
          case "identity" -> packed;
          default -> new GZIPOutputStream(packed);
        }) {
      out.write(body);
    }
    return packed.toByteArray();
  }
}
