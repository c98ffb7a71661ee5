package io.millrace.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The default of a flag that is not given: the system property {@code millrace.FLAG}, else the
 * environment variable {@code MILLRACE_FLAG}, else the flag's own default.
 */
public class EnvironmentDefaults implements IDefaultValueProvider {

  @Override
  public final @Nullable String defaultValue(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    return property("millrace." + option.longestName().replaceFirst("^-+", ""));
  }

  /** The value of a property such as {@code millrace.max-batch-size}, or null. */
  protected @Nullable String property(String name) {
    String set = System.getProperty(name);
    return set != null
        ? set
        : System.getenv(name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
  }
}
