package io.millrace.endtoend.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import picocli.CommandLine;

/**
 * A short run of chaos, for a machine with cores to spare ({@code -Dchaos=true}): its starts of
 * processes take a minute of two cores. {@code end-to-end/chaos} is the long one.
 */
@EnabledIfSystemProperty(named = "chaos", matches = "true")
final class ChaosIT {
  @Test
  @Timeout(600)
  void processesThatAreKilled_areNotNoticed() {
    StringWriter said = new StringWriter();
    CommandLine chaos = new CommandLine(new ChaosCommand());
    chaos.setOut(new PrintWriter(said));

    int code =
        chaos.execute(
            "--duration=15s",
            "--pause=3s",
            "--down=1s",
            "--workers=2",
            "--streams=2",
            "--jobs=2",
            "--programs=2",
            "--seed=4");

    assertThat(code).as(said.toString()).isZero();
    assertThat(said.toString()).contains("lost         0", "\"wrong\":0");
  }
}
