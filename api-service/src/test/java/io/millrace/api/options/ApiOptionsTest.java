package io.millrace.api.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import io.millrace.service.ConnectionSettings;
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
    assertThat(options.address().host()).isEqualTo("127.0.0.1");
    assertThat(options.address().port()).isEqualTo(8000);
    assertThat(options.responseRole()).isEqualTo("assistant");
    assertThat(options.rootPath()).isEmpty();
    assertThat(options.ssl()).isEmpty();
    assertThat(options.maxQueuedRequests()).isEqualTo(1000);
    assertThat(options.requestTimeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(options.shutdownTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(options.replyPartition()).isNull();
  }

  @Test
  void streams_haveDeadlinesOfTheirOwn() {
    StreamOptions streams = parse().streams();
    assertThat(streams.firstTokenTimeout(Duration.ofMinutes(10))).isEqualTo(Duration.ofMinutes(10));
    assertThat(streams.interTokenTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(streams.timeout()).isEqualTo(Duration.ofDays(1));
    assertThat(streams.headDelay()).isEqualTo(Duration.ofMillis(500));
    assertThat(streams.pingInterval()).isEqualTo(Duration.ofSeconds(15));
    assertThat(streams.resumeTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(parse("--first-token-timeout=7s").streams().firstTokenTimeout(Duration.ZERO))
        .isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void connections_areLimited() {
    assertThat(parse().connections().settings()).isEqualTo(ConnectionSettings.DEFAULTS);
    assertThat(
            parse(
                    "--idle-timeout=1s",
                    "--head-timeout=2s",
                    "--body-timeout=3s",
                    "--write-timeout=4s",
                    "--max-connections=5")
                .connections()
                .settings())
        .isEqualTo(
            new ConnectionSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                5));
  }

  @ParameterizedTest
  @CsvSource({"90, 90", "10m, 600", "PT2M, 120"})
  void requestTimeout_maybeSecondsOrHaveAUnit(String given, long seconds) {
    assertThat(parse("--request-timeout", given).requestTimeout())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void requestsTakeTurns_amongTenants_orIfAskedTo() {
    assertThat(parse().admission().takesTurns()).isFalse();
    assertThat(parse("--api-key=a,b").admission().apiKeys()).containsExactly("a", "b");
    assertThat(parse("--api-key=a").admission().takesTurns()).isFalse();
    assertThat(parse("--api-key-file=a.yaml").admission().takesTurns()).isTrue();
    assertThat(parse("--scheduling-policy=PRIORITY").admission().takesTurns()).isTrue();
    assertThat(parse("--api-key-file=a.yaml", "--scheduling-policy=FCFS").admission().takesTurns())
        .isFalse();
  }

  @Test
  void url_showsHowTheServiceIsSeen() {
    assertThat(parse().url(8000)).isEqualTo("http://127.0.0.1:8000");
    assertThat(parse("--host", "::1", "--root-path", "llm").url(80))
        .isEqualTo("http://[::1]:80/llm");
    ApiOptions secure = parse("--ssl-keyfile", "key.pem", "--ssl-certfile", "cert.pem");
    assertThat(secure.url(443)).isEqualTo("https://127.0.0.1:443");
    assertThat(secure.ssl())
        .containsOnlyKeys("server.ssl.certificate", "server.ssl.certificate-private-key");
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
        "--request-timeout | 0 | --request-timeout must be at least 1ms, but is PT0S",
        "--shutdown-timeout | -1 | --shutdown-timeout must be 0 or more, but is PT-1S",
        "--sse-ping-interval | -1 | --sse-ping-interval must be 0 or more, but is PT-1S",
        "--resume-timeout | -1 | --resume-timeout must be 0 to 1 h, as long as replies are kept,"
            + " but is PT-1S",
        "--resume-timeout | 61m | --resume-timeout must be 0 to 1 h, as long as replies are kept,"
            + " but is PT1H1M",
        "--sse-head-delay | -1 | --sse-head-delay must be 0 or more, but is PT-1S",
        "--first-token-timeout | 0 | --first-token-timeout must be 1ms to 24 h, as long as a"
            + " request is kept,",
        "--inter-token-timeout | 0 | --inter-token-timeout must be 1ms to 24 h, as long as a"
            + " request is kept,",
        "--stream-timeout | 25h | --stream-timeout must be 1ms to 24 h, as long as a request is"
            + " kept,",
        "--idle-timeout | -1 | --idle-timeout must be 0 or more, but is PT-1S",
        "--head-timeout | -1 | --head-timeout must be 0 or more, but is PT-1S",
        "--body-timeout | -1 | --body-timeout must be 0 or more, but is PT-1S",
        "--write-timeout | -1 | --write-timeout must be 0 or more, but is PT-1S",
        "--api-key | 'a b' | --api-key must be keys of 1 to 512 characters without spaces, separated"
            + " by commas, but is 3 characters",
        "--max-wait | -1 | --max-wait must be 0 or more, but is PT-1S",
        "--max-connections | 0 | --max-connections must be at least 1, but is 0",
        "--reply-partition | -1 | --reply-partition must be at least 0, but is -1",
        "--root-path | /a b | --root-path must be a path such as /llm, but is \"/a b\"",
        "--root-path | /a?b | --root-path must be a path such as /llm, but is \"/a?b\"",
        "--response-role | '' | --response-role must be a name such as assistant, but is \"\"",
        "--ssl-keyfile | key.pem | --ssl-keyfile and --ssl-certfile are given together",
        "--host | no.such.host.invalid | --host must be an address of this machine, but is"
            + " \"no.such"
      })
  void wrongValues_areNamed(String flag, String value, String message) {
    ApiOptions options = parse(flag + "=" + value);
    assertThatThrownBy(options::validate)
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(message);
  }

  @Test
  void requestTimeout_thatIsNoTime_isNamed() {
    assertThatThrownBy(() -> parse("--request-timeout", "soon"))
        .hasMessageContaining("--request-timeout")
        .hasMessageContaining("'soon' is not a duration such as 30s, 500ms or 5m");
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
