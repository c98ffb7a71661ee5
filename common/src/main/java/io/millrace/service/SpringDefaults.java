package io.millrace.service;

import io.millrace.cli.EnvironmentDefaults;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

/**
 * The default of a flag that is not given: the Spring property {@code millrace.FLAG} of {@code
 * application.properties} or {@code .yaml}, of the JVM or, by Spring's relaxed binding, the
 * environment variable {@code MILLRACE_FLAG}; else the flag's own default.
 */
public final class SpringDefaults extends EnvironmentDefaults {
  private final CompletableFuture<Binder> binder;

  /** The defaults of this process, which are looked for while the caller goes on. */
  public SpringDefaults() {
    this(CompletableFuture.supplyAsync(() -> Binder.get(environment())));
  }

  SpringDefaults(Environment environment) {
    this(CompletableFuture.completedFuture(Binder.get(environment)));
  }

  private SpringDefaults(CompletableFuture<Binder> binder) {
    this.binder = binder;
  }

  private static Environment environment() {
    StandardEnvironment environment = new StandardEnvironment();
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    return environment;
  }

  @Override
  protected @Nullable String property(String name) {
    return binder.join().bind(name, String.class).orElse(null);
  }
}
