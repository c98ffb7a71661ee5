package io.millrace.engine.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of compiled kernels, so that each is compiled once on a machine. Whoever has no folder
 * that can be written compiles at every start.
 */
final class KernelCache {
  private static final Logger log = LoggerFactory.getLogger(KernelCache.class);

  private final Path folder;

  KernelCache(Path folder) {
    this.folder = folder;
  }

  /**
   * The folder of this user, beside models that do not come from the hub.
   *
   * @param variables the environment
   */
  static KernelCache of(UnaryOperator<@Nullable String> variables) {
    Path home =
        named(variables, "MILLRACE_HOME")
            .orElseGet(
                () ->
                    named(variables, "XDG_CACHE_HOME")
                        .orElse(Path.of(System.getProperty("user.home"), ".cache"))
                        .resolve("millrace"));
    return new KernelCache(home.resolve("cuda"));
  }

  private static Optional<Path> named(UnaryOperator<@Nullable String> variables, String name) {
    return Optional.ofNullable(variables.apply(name)).filter(it -> !it.isBlank()).map(Path::of);
  }

  /**
   * Compiled kernels.
   *
   * @param compiler its version and what it compiles for
   * @param compile makes them where they are not there
   */
  byte[] get(KernelSource source, String compiler, Supplier<byte[]> compile) {
    Path file = folder.resolve(source.fingerprint(compiler));
    try {
      if (Files.isRegularFile(file)) {
        return Files.readAllBytes(file);
      }
    } catch (IOException e) {
      log.debug("cannot read {}", file, e);
    }
    byte[] image = compile.get();
    keep(file, image);
    return image;
  }

  private void keep(Path file, byte[] image) {
    try {
      Files.createDirectories(folder);
      Path fresh = Files.createTempFile(folder, "fresh", "");
      Files.write(fresh, image);
      // At once, so that no other process reads a half.
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.info("compiled kernels cannot be kept for the next start: {}", e.toString());
    }
  }
}
