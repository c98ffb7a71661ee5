package io.millrace.standalone.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.cli.CommandLines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class JobsCommandTest {
  private static final String ID = "job_0123456789abcdef0123456789abcdef";
  private static final String JOB =
      "{\"id\":\"%s\",\"status\":\"succeeded\",\"endpoint\":\"/v1/completions\",".formatted(ID)
          + "\"model\":\"SmolLM2-135M-Instruct\",\"class\":\"batch\",\"created_at\":1790000000,"
          + "\"ended_at\":1790000002,\"position\":null,\"usage\":{\"prompt_tokens\":5,"
          + "\"completion_tokens\":3},\"error\":null,"
          + "\"response\":{\"status_code\":200,\"body\":{\"text\":\" Paris\"}}}";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<String> asked = new ArrayList<>();
  private HttpServer api;
  private int status = 200;
  private String body = JOB;

  @BeforeEach
  void start() throws Exception {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext(
        "/",
        call -> {
          asked.add(call.getRequestMethod() + " " + call.getRequestURI());
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          call.sendResponseHeaders(status, bytes.length);
          call.getResponseBody().write(bytes);
          call.close();
        });
    api.start();
  }

  @AfterEach
  void stop() {
    api.stop(0);
  }

  @Test
  void list_hasALineOf80ColumnsForEachJob() {
    body = "{\"data\":[" + JOB + "],\"has_more\":true,\"last_id\":\"" + ID + "\"}";

    assertThat(run("list", "--status=queued,running", "--limit=1")).isZero();
    assertThat(asked).containsExactly("GET /v1/jobs?limit=1&status=queued%2Crunning");
    assertThat(out.toString().lines())
        .hasSize(3)
        .allMatch(line -> line.length() <= 80)
        .anyMatch(line -> line.startsWith(ID + "  succeeded  ") && line.endsWith("SmolLM2-13..."))
        .contains("more: --after " + ID);
  }

  @Test
  void show_tellsTheAnswer() {
    assertThat(run("show", ID)).isZero();
    assertThat(asked).containsExactly("GET /v1/jobs/" + ID);
    assertThat(out.toString())
        .contains("status     succeeded", "tokens     5 in, 3 out", "\"text\" : \" Paris\"");
  }

  @Test
  void cancel_printsJsonIfAsked() {
    assertThat(run("cancel", ID, "--json")).isZero();
    assertThat(asked).containsExactly("DELETE /v1/jobs/" + ID);
    assertThat(out.toString()).startsWith("{").contains("\"status\" : \"succeeded\"");
  }

  @Test
  void refusal_isToldInOneLine() {
    status = 404;
    body = "{\"error\":{\"message\":\"there is no job \\\"job_1\\\"\"}}";

    assertThat(run("show", "job_1")).isEqualTo(2);
    assertThat(err.toString()).hasLineCount(1).contains("there is no job \"job_1\"");
  }

  private int run(String command, String... args) {
    CommandLine line = new CommandLine(new JobsCommand());
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(args));
    all.add("--base-url=http://127.0.0.1:" + api.getAddress().getPort());
    return CommandLines.execute(line, all.toArray(String[]::new));
  }
}
