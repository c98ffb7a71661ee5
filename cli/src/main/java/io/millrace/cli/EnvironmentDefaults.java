package io.millrace.cli;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The default of a flag that is not given: the system property {@code millrace.FLAG}, else the
 * environment variable {@code MILLRACE_FLAG}, else the flag's own default.
 */
public class EnvironmentDefaults implements IDefaultValueProvider {

  /**
   * The properties that set a flag, such as {@code millrace.max-batch-size}, the first one first:
   * by its first long name and by its longest. Further names, such as {@code --model} for a filter,
   * may mean something else to other commands, and a variable is there for all of them.
   */
  public static List<String> properties(OptionSpec option) {
    Stream<String> first = Stream.of(option.names()).filter(name -> name.startsWith("--")).limit(1);
    return Stream.concat(first, Stream.of(option.longestName()))
        .distinct()
        .map(name -> "millrace." + name.replaceFirst("^-+", ""))
        .toList();
  }

  /** The environment variable that sets a property: {@code MILLRACE_MAX_BATCH_SIZE}. */
  public static String variable(String property) {
    return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  @Override
  public final @Nullable String defaultValue(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    return properties(option).stream()
        .map(this::property)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** The value of a property, or null. */
  protected @Nullable String property(String name) {
    String set = System.getProperty(name);
    return set != null ? set : System.getenv(variable(name));
  }
}
