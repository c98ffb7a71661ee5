package io.millrace.cli;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The way all of Millrace's picocli commands run. */
public final class CommandLines {
  /** The last lines of every {@code --help}. */
  public static final String FOOTER =
      "%nDashes and underscores in flags are alike. Every flag is also an environment variable"
          + " (--max-batch-size: MILLRACE_MAX_BATCH_SIZE) and a Spring property"
          + " (millrace.max-batch-size).";

  private CommandLines() {}

  /**
   * Runs a command. A wrong value ends it with one line on standard error and exit code 2.
   *
   * @return the exit code
   */
  public static int execute(Object command, String... args) {
    return execute(new CommandLine(command), args);
  }

  /** Runs a command to which subcommands were added. */
  public static int execute(CommandLine line, String... args) {
    return execute(line, new EnvironmentDefaults(), args);
  }

  /**
   * Runs a command whose flags are also set elsewhere.
   *
   * @param defaults values of the flags that are not given
   */
  public static int execute(CommandLine line, IDefaultValueProvider defaults, String... args) {
    line.setDefaultValueProvider(defaults);
    line.setUsageHelpAutoWidth(true);
    line.setUsageHelpLongOptionsMaxWidth(30);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, given) -> refuse(e.getCommandLine(), reason(e)));
    line.setExecutionExceptionHandler(
        (e, failing, parsed) -> {
          Throwable told = toldToThePerson(e);
          if (told == null) {
            throw e;
          }
          return refuse(failing, told.getMessage());
        });
    return line.execute(Arrays.stream(args).map(CommandLines::dashed).toArray(String[]::new));
  }

  private static int refuse(CommandLine command, @Nullable String reason) {
    command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + reason);
    return CommandLine.ExitCode.USAGE;
  }

  /** The cause that was written for the person who typed the command, or null if it is a defect. */
  private static @Nullable Throwable toldToThePerson(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof StartFailure) {
        return cause;
      }
    }
    return e instanceof IllegalArgumentException ? e : null;
  }

  private static String reason(ParameterException e) {
    String said = String.valueOf(e.getMessage());
    var commands = e.getCommandLine().getSubcommands().keySet();
    if (e instanceof UnmatchedArgumentException unmatched && !commands.isEmpty()) {
      return "there is no command %s; there are %s"
          .formatted(unmatched.getUnmatched().get(0), String.join(", ", commands));
    }
    if (e instanceof UnmatchedArgumentException unmatched && unmatched.isUnknownOption()) {
      return said + " (--help lists what there is)";
    }
    return said;
  }

  /** {@code --max_batch_size=8} as {@code --max-batch-size=8}; values are left alone. */
  private static String dashed(String arg) {
    if (!arg.startsWith("--")) {
      return arg;
    }
    int end = arg.indexOf('=');
    return end < 0
        ? arg.replace('_', '-')
        : arg.substring(0, end).replace('_', '-') + arg.substring(end);
  }
}
