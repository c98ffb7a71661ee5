package io.millrace.api.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class JobOptionsTest {
  private static final String SECRET = "whsec_" + "c2VjcmV0".repeat(4);

  @Test
  void callbacks_needHostsAndASecret() {
    JobOptions options = parse("--callback-hosts=a.example,b:8443", "--callback-secret=" + SECRET);
    options.validate();

    assertThat(options.callbackHosts().allowed()).containsExactly("a.example", "b:8443");
    assertThat(options.callbackSecret()).hasSize(24);
    assertThat(parse().callbackHosts().allowed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --callback-hosts=a.example | --callback-hosts needs --callback-secret
          --callback-hosts=http://a.example | --callback-hosts must be HOST or HOST:PORT
          --max-jobs=0 | --max-jobs must be at least 1
          --callback-retry=0s | --callback-retry must be at least 1ms
          """)
  void wrongValues_areRefused(String flag, String message) {
    assertThatThrownBy(() -> parse(flag).validate())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(message);
  }

  @Test
  void secretThatCannotBe_isRefusedWithoutBeingTold() {
    for (String secret : new String[] {"hunter2hunter2", "whsec_c2VjcmV0", "whsec_!hunter2!"}) {
      assertThatThrownBy(() -> parse("--callback-secret=" + secret).validate())
          .isInstanceOf(StartFailure.class)
          .hasMessage("--callback-secret must be whsec_ and 24 to 64 bytes in base64");
    }
  }

  private static JobOptions parse(String... flags) {
    JobOptions options = new JobOptions();
    new CommandLine(options).parseArgs(flags);
    return options;
  }
}
