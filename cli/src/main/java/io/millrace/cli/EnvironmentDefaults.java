package io.millrace.cli;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What a flag is when nobody gives it: the Spring property {@code millrace.FLAG}, and so, by
 * Spring's relaxed binding, the environment variable {@code MILLRACE_FLAG}; else the flag's own
 * default.
 */
final class EnvironmentDefaults implements IDefaultValueProvider {
  private final Binder binder;

  EnvironmentDefaults(Environment environment) {
    this.binder = Binder.get(environment);
  }

  /**
   * Environment variables, system properties and {@code application.properties} or {@code .yaml}.
   */
  static StandardEnvironment springEnvironment() {
    StandardEnvironment environment = new StandardEnvironment();
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    return environment;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String property = "millrace." + option.longestName().replaceFirst("^-+", "");
    return binder.bind(property, String.class).orElse(null);
  }
}
