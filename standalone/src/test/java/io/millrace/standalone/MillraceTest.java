package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class MillraceTest {
  private static final Set<String> ALL = Millrace.commandLine().getSubcommands().keySet();

  @Test
  void command_thatIsNamedFirst_isMadeAlone() {
    CommandLine line = Millrace.commandLine("bench", "queue", "--json");

    assertThat(line.getSubcommands()).containsOnlyKeys("bench");
    assertThat(line.getSubcommands().get("bench").getSubcommands()).containsKey("queue");
  }

  @Test
  void commands_areAllMade_whereNoneIsNamed() {
    assertThat(Millrace.commandLine(new String[0]).getSubcommands().keySet()).isEqualTo(ALL);
    assertThat(Millrace.commandLine("--help").getSubcommands().keySet()).isEqualTo(ALL);
    assertThat(Millrace.commandLine("wroker").getSubcommands().keySet()).isEqualTo(ALL);
  }

  @Test
  void commands_haveTheNamesThatTheySay() {
    Millrace.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              CommandLine.Command said =
                  command.getCommand().getClass().getAnnotation(CommandLine.Command.class);
              assertThat(said.name()).isEqualTo(name);
            });
  }
}
