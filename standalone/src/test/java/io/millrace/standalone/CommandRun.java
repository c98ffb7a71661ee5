package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cli.CommandLines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/** A run of a command within this process that must fail. */
final class CommandRun {
  private CommandRun() {}

  /** The lines that it says on standard error. */
  static List<String> refusal(Object command, String... args) {
    StringWriter said = new StringWriter();
    CommandLine line = new CommandLine(command).setErr(new PrintWriter(said, true));
    line.setOverwrittenOptionsAllowed(true);
    assertThat(CommandLines.execute(line, args)).isNotZero();
    return said.toString().lines().toList();
  }

  /** Has it fail with one line on standard error that says that. */
  static void assertRefused(List<String> said, String message) {
    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains(message);
  }
}
