package io.millrace.api.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BatchOptionsTest {
  @Test
  void defaults_areAsDocumented() {
    BatchOptions options = parse();
    options.validate();

    assertThat(options.path()).isNull();
    assertThat(options.maxFileBytes()).isEqualTo(200L << 20);
    assertThat(options.maxLines()).isEqualTo(50_000);
    assertThat(options.window()).isEqualTo(100);
    options.defaultPath(Path.of("here"));
    assertThat(options.path()).isEqualTo(Path.of("here"));
    options.defaultPath(Path.of("there"));
    assertThat(options.path()).isEqualTo(Path.of("here"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--max-file-bytes=0", "--max-batch-lines=0", "--batch-window=0"})
  void wrongValues_areRefused(String flag) {
    assertThatThrownBy(() -> parse(flag).validate())
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining(flag.split("=")[0] + " must be at least 1");
  }

  private static BatchOptions parse(String... flags) {
    BatchOptions options = new BatchOptions();
    new CommandLine(options).parseArgs(flags);
    return options;
  }
}
