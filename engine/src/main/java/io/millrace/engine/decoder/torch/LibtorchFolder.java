package io.millrace.engine.decoder.torch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder of libtorch that {@code PYTORCH_LIBRARY_PATH} names, in place of the one for CPUs that
 * comes with the program, such as {@code torch/lib} of PyTorch for CUDA. DJL's glue is made for one
 * version and, with another one, crashes or computes nonsense; so the version is found out before
 * anything is loaded.
 *
 * @param folder holds {@code libtorch.so}
 * @param version such as {@code 2.7.1+cu128}
 * @param flavor which of DJL's glues fits
 */
record LibtorchFolder(Path folder, String version, String flavor) {
  static final String PATH = "PYTORCH_LIBRARY_PATH";
  static final String VERSION = "PYTORCH_VERSION";
  static final String FLAVOR = "PYTORCH_FLAVOR";

  /** The glue for CUDA 12; it calls nothing of CUDA itself. */
  private static final String CUDA = "cu128";

  private static final Pattern RELEASE = Pattern.compile("(\\d+\\.\\d+\\.\\d+).*");

  /** How PyTorch's Python package says it. */
  private static final Pattern IN_PYTHON =
      Pattern.compile("__version__\\s*=\\s*['\"]([^'\"]+)['\"]");

  /**
   * The folder that is named.
   *
   * @param variables the environment
   * @return empty if none is; the version is not checked of one that has a glue of its own, which
   *     is its owner's to fit
   * @throws IllegalArgumentException if there is no libtorch, or one of another version
   */
  static Optional<LibtorchFolder> named(UnaryOperator<@Nullable String> variables) {
    String path = variables.apply(PATH);
    if (path == null || path.isBlank()) {
      return Optional.empty();
    }
    Path folder =
        Stream.of(path.split(File.pathSeparator))
            .map(Path::of)
            .filter(it -> Files.isRegularFile(library(it, "torch")))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s must be a folder with %s, but is %s"
                            .formatted(PATH, System.mapLibraryName("torch"), path)));
    String version = Optional.ofNullable(variables.apply(VERSION)).orElseGet(() -> told(folder));
    if (hasOwnGlue(folder)) {
      String shown = version == null ? "of an unknown version" : version;
      return Optional.of(new LibtorchFolder(folder, shown, flavor(folder, variables)));
    }
    return Optional.of(of(folder, version, variables));
  }

  private static LibtorchFolder of(
      Path folder, @Nullable String version, UnaryOperator<@Nullable String> variables) {
    String wanted = gluedVersion();
    if (version == null) {
      throw new IllegalArgumentException(
          "%s: nothing beside %s tells its version (version.py, build-version); if it is %s, set %s"
              .formatted(PATH, folder, wanted, VERSION));
    }
    Matcher release = RELEASE.matcher(version);
    if (!release.matches() || !release.group(1).equals(wanted)) {
      throw new IllegalArgumentException(
          "%s: %s holds libtorch %s, but this program is made for %s"
              .formatted(PATH, folder, version, wanted));
    }
    return new LibtorchFolder(folder, version, flavor(folder, variables));
  }

  /**
   * Refuses a libtorch that cannot be loaded.
   *
   * @param driver whether this machine has a driver of NVIDIA
   * @throws IllegalArgumentException if it is built for GPUs and there is none
   */
  void requireDriver(boolean driver) {
    if (isForCuda(folder) && !driver) {
      throw new IllegalArgumentException(
          "%s: libtorch %s of %s needs an NVIDIA driver, whose libcuda.so.1 is not found; without one unset %s"
              .formatted(PATH, version, folder, PATH));
    }
  }

  private static String flavor(Path folder, UnaryOperator<@Nullable String> variables) {
    String chosen = variables.apply(FLAVOR);
    return chosen != null ? chosen : isForCuda(folder) ? CUDA : "cpu";
  }

  /** Whether the libtorch in a folder is built for GPUs. */
  static boolean isForCuda(Path folder) {
    return Files.exists(library(folder, "torch_cuda"));
  }

  private static Path library(Path folder, String name) {
    return folder.resolve(System.mapLibraryName(name));
  }

  /** As DJL looks for it: with or without DJL's version before its name. */
  private static boolean hasOwnGlue(Path folder) {
    String name = System.mapLibraryName("djl_torch");
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.getFileName().toString().endsWith(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the Python package, or the archive of libtorch, says of itself. */
  private static @Nullable String told(Path folder) {
    Path parent = Objects.requireNonNullElse(folder.toAbsolutePath().getParent(), folder);
    try {
      Path python = parent.resolve("version.py");
      if (Files.exists(python)) {
        Matcher found = IN_PYTHON.matcher(Files.readString(python));
        return found.find() ? found.group(1) : null;
      }
      Path archive = parent.resolve("build-version");
      return Files.exists(archive) ? Files.readString(archive).strip() : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The version of libtorch that the glue in the class path is made for. */
  static String gluedVersion() {
    Properties glue = new Properties();
    try (InputStream in =
        LibtorchFolder.class.getClassLoader().getResourceAsStream("jnilib/pytorch.properties")) {
      glue.load(Objects.requireNonNull(in, "DJL's glue is not in the class path"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Matcher release = RELEASE.matcher(glue.getProperty("jni_version"));
    if (!release.matches()) {
      throw new IllegalStateException("DJL's glue has no version");
    }
    return release.group(1);
  }
}
