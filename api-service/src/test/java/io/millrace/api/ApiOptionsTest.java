package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ApiOptionsTest {

  @Command
  static final class Holder {
    @Mixin ApiOptions options = new ApiOptions();
  }

  @Test
  void defaults_areTheSeeds() {
    ApiOptions options = parse();
    options.validate();
    assertThat(options.properties())
        .containsEntry("server.address", "127.0.0.1")
        .containsEntry("server.port", "8000")
        .containsEntry("millrace.response-role", "assistant")
        .containsEntry("millrace.root-path", "")
        .doesNotContainKey("server.ssl.certificate");
    assertThat(options.maxQueuedRequests()).isEqualTo(1000);
    assertThat(options.requestTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(options.replyPartition()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"90, 90", "10m, 600", "PT2M, 120"})
  void requestTimeout_maybeSecondsOrHaveAUnit(String given, long seconds) {
    assertThat(parse("--request-timeout", given).requestTimeout())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({"llm, /llm", "/llm/, /llm", "/a/b, /a/b", "/, ''"})
  void rootPath_beginsWithOneSlash(String given, String path) {
    assertThat(parse("--root-path", given).rootPath()).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--port | 70000 | --port must be between 0 and 65535, but is 70000",
        "--max-queued-requests | 0 | --max-queued-requests must be at least 1, but is 0",
        "--request-timeout | soon | --request-timeout must be seconds or a time such as 10m",
        "--request-timeout | 0 | --request-timeout must be at least",
        "--response-role | '' | --response-role must not be empty",
        "--ssl-keyfile | key.pem | --ssl-keyfile and --ssl-certfile are given together",
        "--host | no.such.host.invalid | --host must be an address of this machine"
      })
  void wrongValues_areNamed(String flag, String value, String message) {
    ApiOptions options = parse(flag, value);
    assertThatThrownBy(options::validate).hasMessageContaining(message);
  }

  @Test
  void certificateThatIsNone_isNamed(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("key.pem"), "not a key");
    ApiOptions options = parse("--ssl-keyfile", file.toString(), "--ssl-certfile", file.toString());
    assertThatThrownBy(options::validate).hasMessageContaining("--ssl-keyfile: cannot read");
  }

  private static ApiOptions parse(String... args) {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(args);
    return holder.options;
  }
}
