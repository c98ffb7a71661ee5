package io.millrace.endtoend.chaos;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/**
 * The run of chaos as a command: {@code end-to-end/chaos}. Ends with 1 if anything was lost,
 * doubled or wrong.
 */
@Command(
    name = "chaos",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Kills, stops and restarts the processes of an installation while clients of each kind ask,"
            + " and says what they noticed.")
final class ChaosCommand implements Callable<Integer> {
  @Mixin private ChaosOptions options = new ChaosOptions();
  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    System.exit(new CommandLine(new ChaosCommand()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = options.folder().toAbsolutePath();
    if (Files.exists(folder)) {
      FileSystemUtils.deleteRecursively(folder);
    }
    Tally tally = new Tally(out);
    tally.say("seed %d; logs in %s".formatted(options.seed(), folder));
    try (Installation installation = new Installation(options, tally);
        Load load = new Load(options, installation, tally)) {
      installation.start();
      load.learn();
      load.start();
      new FaultInjector(installation, tally).run(Fault.schedule(options), options.duration());
      tally.say("undisturbed from here on");
      load.finish();
    }
    ChaosReport report = tally.report(options.seed());
    out.println(report);
    out.println(JsonMapper.shared().writeValueAsString(report));
    out.flush();
    if (report.isGood()) {
      removeData(folder);
    }
    return report.isGood() ? 0 : 1;
  }

  /** All but the logs. */
  private static void removeData(Path folder) throws Exception {
    try (Stream<Path> folders = Files.list(folder).filter(Files::isDirectory)) {
      for (Path each : folders.toList()) {
        FileSystemUtils.deleteRecursively(each);
      }
    }
  }
}
