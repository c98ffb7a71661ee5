package io.millrace.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class PythonPeerTest {
  @TempDir private Path folder;

  private PythonPeer python(String script) throws Exception {
    Path command = folder.resolve("python");
    Files.writeString(command, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
    return new PythonPeer(command.toString());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void results_areTheLinesThatAreWhole() throws Exception {
    PythonPeer peer =
        python(
            """
            cat > /dev/null
            echo '{"shape":"1b","what":"decode","batch":8,"tokens_per_second":12.5,"how":"torch 2"}'
            echo '{"shape":"1b","wh'
            """);

    assertThat(peer.measure(Map.of("device", "cpu"), Duration.ofSeconds(30)))
        .isEqualTo(List.of(new PythonPeer.Result("1b", "decode", 8, 12.5, "torch 2")));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void version_isTorchs() throws Exception {
    assertThat(python("echo 2.7.1+cu128").version()).contains("2.7.1+cu128");
    assertThat(python("exit 1").version()).isEmpty();
    assertThat(new PythonPeer("/no/such/python").version()).isEmpty();
  }
}
